search-all = البحث في المحادثات والرسائل
close-search = إغلاق البحث
clear = محو
search-note = يجري البحث كله على هذا الجهاز، ولا يُسأل خادمك.
search-none = لا نتائج لـ «{ $query }»
search-none-text = يشمل البحث ما على هذا الجهاز فقط. جرّب أحرفًا أقل أو كلمة أخرى.
search-count = { $count ->
    [zero] لا نتائج على هذا الجهاز
    [one] نتيجة واحدة على هذا الجهاز
    [two] نتيجتان على هذا الجهاز
    [few] { $count } نتائج على هذا الجهاز
    [many] { $count } نتيجة على هذا الجهاز
   *[other] { $count } نتيجة على هذا الجهاز
}
palette = انتقال سريع
palette-to = الانتقال إلى محادثة أو تنفيذ إجراء أو البحث عن رسالة
palette-do = إجراءات
palette-move = تنقّل
palette-open = فتح
palette-only = الإجراءات فقط
new-group = مجموعة جديدة
switch-theme = تبديل السمة
shortcuts = اختصارات لوحة المفاتيح
keys-go = الانتقال
keys-list = القائمة
keys-writing = الكتابة
keys-anywhere = في كل مكان
keys-next = المحادثة التالية
keys-previous = المحادثة السابقة
keys-unread = المحادثة غير المقروءة التالية
keys-nth = من المحادثة الأولى إلى التاسعة
keys-pane = اللوحة التالية
keys-back = رجوع
keys-move = التنقل بين الرسائل
keys-line = سطر جديد
keys-edit-last = تعديل آخر رسالة لك في حقل فارغ
keys-bold = عريض
keys-italic = مائل
keys-code = شيفرة
keys-ends = أول رسالة وآخر رسالة
keys-older = الصفحة الأقدم
search-kinds = أنواع الرسائل
starred-none = لا رسائل مميّزة بعد. ميّز رسالة من قائمتها لتجدها هنا.
starred-messages = الرسائل المميّزة بنجمة
