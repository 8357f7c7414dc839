wallpaper = الخلفية
wallpaper-as-all = كما في كل المحادثات
wallpaper-arches = أقواس
wallpaper-terrazzo = تيرازو
wallpaper-tiles = بلاط
wallpaper-fern = سرخس
wallpaper-rain = مطر
wallpaper-plain = بسيطة
leave = مغادرة
leave-group = مغادرة المجموعة
leave-title = مغادرة { $name }؟
leave-text = لن يصلك ما يُقال بعدها على أي جهاز لك. ما قيل يبقى لديك.
block = حظر
unblock = إلغاء الحظر
block-title = حظر { $name }؟
block-text = لن تصلك رسائله بعد الآن. ولا يُخبَر بذلك.
safety-number = رقم الأمان
safety-is-compared = قورن
safety-not-compared = لم يُقارن بعد
safety-with = رقم الأمان مع { $name }
safety-text = قارنه بما يراه { $name }، وجهًا لوجه أو بمكالمة. إن تطابقا فلا أحد بينكما.
safety-code = رمز QR فيه رقم الأمان
safety-match = متطابقان
members = الأعضاء
member-count = { $count ->
    [one] عضو واحد
    [two] عضوان
    [few] { $count } أعضاء
   *[other] { $count } عضوًا
}
member-menu = خيارات { $name }
add-members = إضافة أشخاص
add = إضافة
rename-group = الاسم والوصف
group-description = الوصف
role-owner = مالك
role-admin = مشرف
make-admin = جعله مشرفًا
make-member = سحب الإشراف
remove-member = إزالة من المجموعة
