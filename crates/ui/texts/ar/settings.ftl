settings-title = اجعله على ذوقك
settings-text = اختر قسمًا. يمكن التراجع عن كل ما هنا.
back-to-settings = العودة إلى الإعدادات
saved = تم الحفظ
reading = لحظة…
profile = الملف الشخصي
profile-about = نبذة عنك
profile-choose-picture = اختيار صورة
profile-no-picture = بلا صورة
profile-copy-address = نسخ عنوانك
delete-account = حذف الحساب
delete-account-busy = جارٍ الحذف…
delete-account-title = أتريد حذف حسابك؟
delete-account-text = يحذف { $server } اسم المستخدم ونسختك الاحتياطية وكل ما يحفظه لك. ستغادر مجموعاتك، وتنسى أجهزتك كل ما عليها. أما ما أرسلته فيبقى عند من وصل إليه. ولا يحتفظ الخادم إلا بقائمة مفاتيح أجهزتك مدة 31 يومًا أخرى، فبها يتحقق الآخرون مما لم يقرؤوه بعد. لا يستطيع أحد التراجع عن ذلك، ولو برمز الاسترداد.
privacy = الخصوصية
privacy-tell = ما تخبر به الآخرين
privacy-read = عندما تقرأ
privacy-read-text = نقطة مضيئة بجانب ما أُرسل إليك
privacy-delivered = عندما تصلك الرسالة
privacy-delivered-text = علامتا صح بجانب ما أُرسل إليك
privacy-typing = عندما تكتب
privacy-typing-text = أثناء الكتابة فقط
privacy-both-ways = الأمر متبادل: ما لا تخبر به الآخرين لا يخبرك به الآخرون.
privacy-blocked = المحظورون
privacy-nobody-blocked = لا أحد محظور.
devices = الأجهزة
devices-linked = المرتبطة
devices-note = يعرف خادمك أن الجهاز موجود واليوم الذي اتصل فيه آخر مرة. ولا يعرف اسمه.
device-this = هذا الجهاز
device-added = تم الربط: { $day }
device-seen = آخر استخدام: { $day }
device-remove = إلغاء الربط
device-remove-title = إلغاء ربط { $name }؟
device-remove-text = لن يصله شيء مما يُقال من الآن، وسيحذف ما لديه عند اتصاله القادم. ويُبلَّغ من تراسلهم بذلك.
device-link = ربط جهاز
device-link-text = افتح Parlor على الجهاز الجديد، واختر «لديّ Parlor على جهاز آخر»، ثم الصق رابطه هنا.
device-link-field = رابط الجهاز الجديد
device-link-do = متابعة
device-link-waiting = بانتظار رد الجهاز الجديد…
device-link-same = الأرقام متطابقة
device-link-other = الأرقام مختلفة
device-link-confirming = جارٍ إضافته إلى حسابك…
device-was-linked = تم ربط الجهاز. تصله محادثاتك الآن.
recovery = رمز الاسترداد
recovery-text = إن فقدت كل أجهزتك فهذا الرمز هو الطريق الوحيد إلى محادثاتك. لا نستطيع إعادة تعيينه لأنه لم يكن لدينا قط.
recovery-kept = لقد دوّنت رمزك. وقد نسيه هذا الجهاز.
recovery-copy = نسخ
recovery-written = دوّنته
recovery-type = اكتبه مرة للتأكد
recovery-check = التحقق
recovery-show-again = إظهاره مجددًا
recovery-confirmed = صحيح. احفظه في مكان آمن.
recovery-another = هذا رمز، لكنه ليس رمزك. قارنه بالرمز المعروض.
recovery-change = تغيير الرمز
recovery-change-why = هل يُحتمل أن أحدًا رأى رمزك؟ أنشئ رمزًا آخر. يلزمك الرمز الحالي لذلك.
recovery-present = رمزك الحالي
recovery-changed = هذا رمزك الجديد. الرمز القديم لم يعد صالحًا.
recovery-not-present = هذا ليس رمزك الحالي.
backup = النسخة الاحتياطية
backup-off = لا توجد نسخة احتياطية
backup-full = لم تعد لها مساحة على خادمك
backup-complete = محدّثة
backup-going = جارٍ حفظها
backup-room = { $used } من { $all }
backup-enable = تشغيل
backup-note = تُختم برمزك قبل أن تغادر هذا الجهاز. يحفظها خادمك ولا يستطيع فتحها.
appearance = المظهر
theme = السمة
theme-system = النظام
theme-light = فاتحة
theme-dark = داكنة
text-size = حجم النص
compact = قائمة مضغوطة
compact-text = محادثات أكثر في آن واحد
contrast = تباين أعلى
contrast-text = حدود ونصوص أوضح
language = اللغة
language-browser = كما في متصفحك
# الإشعارات.
notifications = الإشعارات
notify-here = الإشعار في هذا المتصفح
notify-here-text = ما دام Parlor مفتوحًا في علامة تبويب، حتى في الخلفية
notify-note = تُنشأ الإشعارات هنا من رسائل قرأها هذا المتصفح. لا تعلم بها أي خدمة إشعارات خارجية.
# ما يعرفه الخادم.
knows = ما يعرفه الخادم
knows-title = كل ما لدى { $server } عنك
knows-text = سألت هذه الصفحة الخادم عن سجلك الساعة { $time } وتعرضه كاملًا. ما ليس هنا فهو غير محفوظ.
knows-again = السؤال مجددًا
knows-kinds = { $count ->
    [zero] أنواع من البيانات المحفوظة
    [one] نوع من البيانات المحفوظة
    [two] نوعان من البيانات المحفوظة
    [few] أنواع من البيانات المحفوظة
    [many] نوعًا من البيانات المحفوظة
   *[other] نوع من البيانات المحفوظة
}
knows-waiting = { $count ->
    [zero] مظاريف مختومة تنتظر
    [one] مظروف مختوم ينتظر
    [two] مظروفان مختومان ينتظران
    [few] مظاريف مختومة تنتظر
    [many] مظروفًا مختومًا ينتظر
   *[other] مظروف مختوم ينتظر
}
knows-readable = رسائل يمكنه قراءتها
knows-kept = محفوظ
knows-handle = اسم المستخدم
knows-handle-why = حتى يجدك الناس.
knows-made = تاريخ إنشاء الحساب
knows-made-why = اليوم فقط.
knows-devices = الأجهزة
knows-devices-why = مفاتيحها العامة ويوم آخر اتصال لكل منها.
knows-log = إدخالات سجل أجهزتك
knows-log-why = موقّعة منك؛ يتحقق بها الآخرون من أن أحدًا لا يضيف جهازًا باسمك.
knows-keys = مفاتيح جاهزة
knows-keys-why = حتى يراسلك الناس وأنت غائب. يُستخدم كل منها مرة واحدة.
knows-envelopes = مظاريف تنتظر
knows-envelopes-why = مختومة، وتُحذف حالما يتسلّمها جهازك.
knows-backup = نسخة احتياطية مختومة
knows-backup-why = لا يفتحها إلا رمز الاسترداد.
knows-uploaded = ما رُفع اليوم وأمس
knows-uploaded-why = رقم، من أجل الحد اليومي. لا يُحفظ أي الملفات لك.
knows-passing = يراه عابرًا ولا يحفظه
knows-address = عنوان IP الخاص بك أثناء اتصالك. عبر Tor أو VPN يرى عنوانهما بدلًا منه.
knows-when = متى يمر مظروف، وحجمه بعد الحشو.
knows-which = أي جهاز يتسلّم المظروف. أما من أودعه فمختوم في داخله.
knows-not = لا يستطيع رؤيته
knows-not-said = الرسائل والملفات والتفاعلات والاستطلاعات.
knows-not-groups = أسماء المجموعات ومن فيها ومن يقرر فيها.
knows-not-you = اسمك وصورتك وجهات اتصالك. تنتقل مختومة.
knows-raw = السجل كما وصل
about = عن Parlor
about-version = الإصدار { $version }
about-hash = بصمة هذا التطبيق
about-text = خادمك هو من أعطى متصفحك هذا التطبيق. من يبني الإصدار نفسه ينبغي أن يحصل على البصمة نفسها: وهي SHA-256 لقائمة ملفاته.
about-list = كل الملفات وبصماتها
lock-title = قفل التطبيق
lock = عبارة المرور
lock-off = يستطيع كل من يستخدم هذا المتصفح قراءة محادثاتك.
lock-on = تُطلب عند فتح Parlor هنا.
lock-now = القفل الآن
lock-by-itself = القفل عند عدم الاستخدام
lock-never = أبدًا
lock-minutes = { $count ->
    [one] بعد دقيقة
    [two] بعد دقيقتين
    [few] بعد { $count } دقائق
    [many] بعد { $count } دقيقة
   *[other] بعد { $count } دقيقة
}
lock-note = حين يُقفل، يبقى ما في هذا المتصفح مشفّرًا ولا تصل إليه رسائل. لا يمكن استعادة عبارة مرور منسية: احتفظ برمز الاسترداد.
passphrase-set = تعيين عبارة مرور
passphrase-change = تغييرها
passphrase-remove = إزالتها
passphrase-present = عبارة المرور الحالية
passphrase-next = عبارة المرور الجديدة
passphrase-again = مرة أخرى
passphrase-short = { $count } أحرف على الأقل.
passphrase-differs = العبارتان غير متطابقتين.
