skip = إلى حقل الرسالة
main = الرئيسية
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
part-missing = تعذّر تحميل هذا الجزء من Parlor. ربما صار على الخادم إصدار جديد: حمّل الصفحة من جديد.
details = التفاصيل
somebody = شخص ما
back-to-chats = رجوع إلى المحادثات
unread-chats = { $count ->
    [zero] لا محادثات غير مقروءة
    [one] محادثة واحدة غير مقروءة
    [two] محادثتان غير مقروءتين
    [few] { $count } محادثات غير مقروءة
    [many] { $count } محادثة غير مقروءة
   *[other] { $count } محادثة غير مقروءة
}
offline = أنت غير متصل.
offline-text = تُرسَل الرسائل عند عودتك.
unreachable = تعذّر الوصول إلى { $server }.
full = لم تعد في هذا المتصفح مساحة.
full-text = أفرغ بعض المساحة على هذا الجهاز وسيتابع Parlor تلقائيًا. لن يضيع شيء مما أُرسل أو استُلم.
technical-details = تفاصيل تقنية
broken-storage = هذا المتصفح لا يحفظ شيئًا هنا
broken-storage-text = يحفظ Parlor رسائلك على هذا الجهاز، وهذا المتصفح لا يسمح بذلك، وغالبًا ما تكون النافذة الخاصة هي السبب. افتح Parlor في نافذة عادية.
broken-damaged = ما حُفظ هنا لا يمكن قراءته
broken-damaged-text = الرسائل على هذا الجهاز تالفة. حسابك بأمان: اربط هذا المتصفح من جديد من جهاز آخر، أو استعمل رمز الاستعادة.
broken-other = تعذّر تشغيل Parlor
broken-other-text = لم يضِع شيء. حمّل الصفحة من جديد؛ وإن تكرّر ذلك فالتفاصيل أدناه تساعد من يبحث عن السبب.
size-bytes = { $amount } بايت
size-kilobytes = { $amount } ك.ب
size-megabytes = { $amount } م.ب
size-gigabytes = { $amount } غ.ب
# رابط مفتوح.
opened-group = أنت مدعو
opened-group-text = هل تطلب الانضمام إلى «{ $name }»؟ سيرى أعضاؤها اسمك.
opened-join = طلب الانضمام
opened-person = الكتابة إلى شخص
opened-person-text = يؤدي هذا الرابط إلى شخص. سيرى اسمك، ورسالتك كطلب.
opened-write = كتابة
opened-asked = تم الطلب. ستظهر المجموعة هنا حالما تدخل.
opened-expired = لم يعد هذا الرابط يؤدي إلى شيء. اطلب رابطًا جديدًا.
opened-elsewhere = هذا على خادم آخر. افتح الرابط في تطبيق ذلك الخادم.
opened-wrong = هذا ليس رابطًا يعرفه Parlor.
accounts = الحسابات
accounts-add = إضافة حساب
accounts-add-text = اسم آخر، بمحادثات خاصة به
accounts-back = العودة إلى { $name }
# The camera.
scan = مسح رمز
scan-sight = ما تراه الكاميرا
scan-asking = يسأل متصفحك هل يجوز لـ Parlor استخدام الكاميرا.
scan-text = أمسك الرمز أمام الكاميرا. ما تراه يبقى على هذا الجهاز.
scan-refused = لا يستطيع Parlor استخدام كاميرا هنا. اسمح بذلك في إعدادات متصفحك لهذه الصفحة.
safety-same = الرمزان متطابقان
safety-differs = هذا رمز آخر. تأكد أنك مسحت رقم الأمان لهذه المحادثة نفسها على جهاز الطرف الآخر. إن كان كذلك فقد يكون أحدهم بينكما: لا تكتب هنا شيئًا خاصًا.
