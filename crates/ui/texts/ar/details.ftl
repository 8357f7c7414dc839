back-to-chat = رجوع إلى المحادثة
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
leave-title = مغادرة { $name }؟
leave-text = لن يصلك ما يقال بعد ذلك على أي من أجهزتك. ما قيل يبقى لديك.
block = حظر
unblock = إلغاء الحظر
block-title = حظر { $name }؟
block-text = لن تصلك رسائل من هناك بعد الآن. لا يُخبَر أحد بذلك.
safety-number = رقم الأمان
safety-is-compared = قورن
safety-not-compared = لم يقارَن بعد
safety-with = رقم الأمان مع { $name }
safety-text = قارنه بما يظهر لدى { $name }، وجهًا لوجه أو في مكالمة. إن تطابقا فلا أحد بينكما.
safety-code = رمز QR فيه رقم الأمان
safety-match = متطابقان
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
role-owner = المالك
role-admin = مشرف
make-admin = جعله مشرفًا
make-member = سحب دور المشرف
remove-member = إزالة من المجموعة
# رابط الدعوة.
join-link = رابط الدعوة
join-none = بالرابط يمكن للناس أن يطلبوا الانضمام. أنت تقرر من يدخل.
join-make = إنشاء رابط
join-text = أعطه لمن تريدهم هنا. كل من لديه الرابط يمكنه طلب الانضمام.
join-code = رمز QR لرابط الدعوة
join-approve = السؤال قبل الدخول
join-approve-text = يجب أن يوافق من يحق له إضافة الأشخاص
join-reset = إنشاء رابط جديد
join-reset-text = عندها لا يؤدي القديم إلى شيء
join-revoke = سحب الرابط
join-asks = { $count ->
    [zero] لا أحد يطلب الانضمام
    [one] شخص واحد يطلب الانضمام
    [two] شخصان يطلبان الانضمام
    [few] { $count } أشخاص يطلبون الانضمام
    [many] { $count } شخصًا يطلبون الانضمام
   *[other] { $count } شخص يطلبون الانضمام
}
join-let-in = إدخال
join-accept = إدخال { $name }
join-decline = عدم إدخال { $name }
