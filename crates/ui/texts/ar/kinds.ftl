# الأماكن والأشخاص والاستطلاعات والملصقات والرسائل الصوتية، وما في المحادثة.
kind-sticker = ملصق
kind-location = موقع
kind-contact = جهة اتصال
kind-poll = استطلاع
location-line = موقع: { $name }
contact-line = جهة اتصال: { $name }
poll-line = استطلاع: { $question }
location-about = في حدود { $metres } م
location-open = فتح في openstreetmap.org
contact-write = مراسلة
poll-one = إجابة واحدة · { $count ->
    [zero] لم يصوّت أحد بعد
    [one] صوّت شخص واحد
    [two] صوّت شخصان
    [few] صوّت { $count } أشخاص
    [many] صوّت { $count } شخصًا
   *[other] صوّت { $count } شخص
}
poll-any = عدة إجابات · { $count ->
    [zero] لم يصوّت أحد بعد
    [one] صوّت شخص واحد
    [two] صوّت شخصان
    [few] صوّت { $count } أشخاص
    [many] صوّت { $count } شخصًا
   *[other] صوّت { $count } شخص
}
poll-closed = انتهى · { $count ->
    [zero] لم يصوّت أحد
    [one] صوّت شخص واحد
    [two] صوّت شخصان
    [few] صوّت { $count } أشخاص
    [many] صوّت { $count } شخصًا
   *[other] صوّت { $count } شخص
}
poll-votes = عرض الأصوات
poll-close = إنهاء الاستطلاع
poll-close-title = إنهاء هذا الاستطلاع؟
poll-close-text = لن يستطيع أحد التصويت بعد ذلك. تبقى الأصوات كما هي.
attach-menu = اختيار ما ترفقه
attach-picture = صورة أو فيديو
attach-file = ملف
location-title = إرسال موقعك
location-looking = جارٍ تحديد مكانك…
location-name = ماذا هناك؟ (اختياري)
location-denied = لا يُسمح لهذه الصفحة بمعرفة مكانك. اسمح بذلك في إعدادات المتصفح لهذه الصفحة ثم حاول مجددًا.
location-none = لا يستطيع جهازك تحديد مكانه الآن.
location-send = إرسال الموقع
location-text = لن يصل إلا إلى هذه المحادثة. ولا تُحمَّل أي خريطة.
contact-title = إرسال جهة اتصال
contact-none = لا توجد جهات اتصال لإرسالها بعد.
poll-title = استطلاع جديد
poll-question = السؤال
poll-option = الإجابة { $number }
poll-option-add = إضافة إجابة
poll-option-remove = إزالة الإجابة { $number }
poll-multiple = عدة إجابات
poll-multiple-text = يمكن لكل شخص اختيار أكثر من إجابة.
poll-send = إرسال الاستطلاع
poll-needs = يحتاج الاستطلاع إلى سؤال وإجابتين مختلفتين.
poll-open-votes = يرى الجميع هنا ما صوّت له كل شخص.
stickers = الملصقات
stickers-recent = المستخدمة مؤخرًا
stickers-own = من Parlor
sticker-add = إرسال صورة كملصق
sticker-cactus = صبّار
sticker-cat = قطة
sticker-chair = كرسي بذراعين
sticker-lamp = مصباح
sticker-letter = خطاب
sticker-moon = قمر
sticker-teapot = إبريق شاي
sticker-toast = خبز محمّص
record = تسجيل رسالة صوتية
record-keys = تسجيل رسالة صوتية (Alt R)
recording = جارٍ التسجيل
recording-hint = ‏Esc للحذف، وEnter للإرسال.
recording-hold = اسحب إلى الأعلى للتسجيل دون استخدام اليدين، أو إلى الجانب للحذف.
record-discard = حذف التسجيل
record-stop = إيقاف واستماع
record-send = إرسال الرسالة الصوتية
record-play = استماع
record-denied = لا يُسمح لهذه الصفحة باستخدام الميكروفون. اسمح بذلك في إعدادات المتصفح لهذه الصفحة ثم حاول مجددًا.
record-none = لا يوجد ميكروفون.
record-failed = لا يمكن استخدام الميكروفون الآن. ربما يستخدمه برنامج آخر.
shared = ما تمت مشاركته هنا
shared-media = الوسائط
shared-files = الملفات
shared-links = الروابط
shared-voice = الصوتيات
shared-none = لا شيء بعد.
shared-more = عرض المزيد
shared-show = عرض في المحادثة
viewer = الصور والفيديوهات
zoom-in = تكبير
zoom-out = تصغير
picture-older = الأقدم
picture-newer = الأحدث
keys-zoom = تكبير وتصغير والحجم الكامل
