skip = الانتقال إلى حقل الرسالة
main = القائمة الرئيسية
chats = المحادثات
settings = الإعدادات
you = أنت
you-named = أنت: { $name }
close = إغلاق
cancel = إلغاء
save = حفظ
more = المزيد
undo = تراجع
reload = إعادة التحميل
part-missing = تعذّر تحميل هذا الجزء من Parlor. ربما يوجد إصدار جديد على الخادم: أعد تحميل الصفحة.
details = التفاصيل
somebody = شخص ما
back-to-chats = العودة إلى المحادثات
unread-chats = { $count ->
    [zero] لا محادثات غير مقروءة
    [one] محادثة واحدة غير مقروءة
    [two] محادثتان غير مقروءتين
    [few] { $count } محادثات غير مقروءة
    [many] { $count } محادثة غير مقروءة
   *[other] { $count } محادثة غير مقروءة
}
offline = أنت غير متصل بالإنترنت.
offline-text = ستُرسَل الرسائل عند عودة الاتصال.
unreachable = تعذّر الوصول إلى { $server }.
full = لم تعد هناك مساحة في هذا المتصفح.
full-text = أفرغ بعض المساحة على هذا الجهاز وسيتابع Parlor عمله تلقائيًا. لم يضِع شيء مما أُرسل أو استُلم.
technical-details = تفاصيل تقنية
broken-storage = هذا المتصفح لا يحفظ شيئًا هنا
broken-storage-text = يحفظ Parlor رسائلك على هذا الجهاز، لكن هذا المتصفح لا يسمح بذلك. غالبًا ما يكون السبب نافذة خاصة. افتح Parlor في نافذة عادية.
broken-damaged = تعذّرت قراءة ما حُفظ هنا
broken-damaged-text = الرسائل على هذا الجهاز تالفة. حسابك بأمان: اربط هذا المتصفح من جديد من جهاز آخر، أو استخدم رمز الاسترداد.
broken-other = تعذّر تشغيل Parlor
broken-other-text = لم يضِع شيء. أعد تحميل الصفحة، وإن تكرّر ذلك فالتفاصيل أدناه تساعد من يبحث عن السبب.
size-bytes = { $amount } بايت
size-kilobytes = { $amount } ك.ب
size-megabytes = { $amount } م.ب
size-gigabytes = { $amount } غ.ب
# رابط مفتوح.
opened-group = لديك دعوة
opened-group-text = هل تريد طلب الانضمام إلى «{ $name }»؟ سيرى أعضاؤها اسمك.
opened-join = طلب الانضمام
opened-person = مراسلة شخص
opened-person-text = يؤدي هذا الرابط إلى شخص. سيرى اسمك، وستصله رسالتك كطلب مراسلة.
opened-write = مراسلة
opened-asked = أُرسل الطلب. ستظهر المجموعة هنا فور قبولك.
opened-expired = لم يعد هذا الرابط صالحًا. اطلب رابطًا جديدًا.
opened-elsewhere = هذا على خادم آخر. افتح الرابط في تطبيق ذلك الخادم.
opened-wrong = لا يعرف Parlor هذا الرابط.
accounts = الحسابات
accounts-add = إضافة حساب
accounts-add-text = اسم آخر بمحادثات خاصة به
accounts-back = العودة إلى { $name }
# الكاميرا.
scan = مسح رمز
scan-sight = ما تراه الكاميرا
scan-asking = يسألك متصفحك إن كنت تسمح لـ Parlor باستخدام الكاميرا.
scan-text = ضع الرمز أمام الكاميرا. ما تراه الكاميرا يبقى على هذا الجهاز.
scan-refused = لا يستطيع Parlor استخدام الكاميرا هنا. اسمح بذلك في إعدادات المتصفح لهذه الصفحة.
safety-same = الرمزان متطابقان
safety-differs = هذا رمز آخر. تأكد من أنك مسحت رقم الأمان لهذه المحادثة نفسها على جهاز الطرف الآخر. إن كان الأمر كذلك فقد يكون هناك من يتوسط بينكما: لا تكتب هنا شيئًا خاصًا.
# Between the members of a list, before a space.
comma = ،
# What stands on a key whose English name is given.
key = { $key }
with-keys = { $name } ({ $keys })
