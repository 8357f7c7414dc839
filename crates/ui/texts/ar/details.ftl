back-to-chat = العودة إلى المحادثة
wallpaper = الخلفية
wallpaper-as-all = كما في كل المحادثات
wallpaper-arches = أقواس
wallpaper-terrazzo = تيرازو
wallpaper-tiles = بلاط
wallpaper-fern = سرخس
wallpaper-rain = مطر
wallpaper-plain = سادة
leave = مغادرة
leave-group = مغادرة المجموعة
leave-title = مغادرة «{ $name }»؟
leave-text = لن يصلك ما يُقال بعد ذلك على أي من أجهزتك. ما قيل من قبل يبقى لديك.
block = حظر
unblock = إلغاء الحظر
block-title = حظر { $name }؟
block-text = لن تصلك رسائله بعد الآن، ولن يُبلَّغ بذلك.
safety-number = رقم الأمان
safety-is-compared = تمت مقارنته
safety-not-compared = لم تتم مقارنته بعد
safety-with = رقم الأمان مع { $name }
safety-text = قارنه بالرقم الذي يراه { $name }، وجهًا لوجه أو في مكالمة. إن تطابق الرقمان فلا أحد يتوسط بينكما.
safety-code = رمز QR فيه رقم الأمان
safety-match = الرقمان متطابقان
members = الأعضاء
member-count = { $count ->
    [zero] لا أعضاء
    [one] عضو واحد
    [two] عضوان
    [few] { $count } أعضاء
    [many] { $count } عضوًا
   *[other] { $count } عضو
}
member-menu = إجراءات { $name }
add-members = إضافة أشخاص
add = إضافة
rename-group = الاسم والوصف
group-description = الوصف
role-owner = مالك
role-admin = مشرف
make-admin = تعيين كمشرف
make-member = إلغاء التعيين كمشرف
remove-member = إزالة من المجموعة
# رابط الدعوة.
join-link = رابط الدعوة
join-none = بوجود رابط يمكن للناس طلب الانضمام. أنت تقرر من يدخل.
join-make = إنشاء رابط
join-text = أعطه لمن تريدهم هنا. كل من لديه الرابط يمكنه طلب الانضمام.
join-code = رمز QR لرابط الدعوة
join-approve = طلب الموافقة قبل الانضمام
join-approve-text = يجب أن يوافق شخص يحق له إضافة آخرين
join-reset = إنشاء رابط جديد
join-reset-text = لن يعمل الرابط القديم بعد ذلك
join-revoke = إلغاء الرابط
join-asks = { $count ->
    [zero] لا أحد يطلب الانضمام
    [one] شخص واحد يطلب الانضمام
    [two] شخصان يطلبان الانضمام
    [few] { $count } أشخاص يطلبون الانضمام
    [many] { $count } شخصًا يطلبون الانضمام
   *[other] { $count } شخص يطلبون الانضمام
}
join-let-in = قبول
join-accept = قبول { $name }
join-decline = رفض { $name }
