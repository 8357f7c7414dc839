search-all = بحث في المحادثات والرسائل
close-search = إغلاق البحث
clear = مسح
search-note = يجري البحث على هذا الجهاز. لا يُسأل خادمك.
search-none = لا شيء لـ «{ $query }»
search-none-text = يُبحث فيما على هذا الجهاز فقط. جرّب أحرفًا أقل أو كلمة أخرى.
search-count = { $count ->
    [one] نتيجة واحدة على هذا الجهاز
    [two] نتيجتان على هذا الجهاز
    [few] { $count } نتائج على هذا الجهاز
   *[other] { $count } نتيجة على هذا الجهاز
}
palette = انتقال سريع
palette-to = انتقل إلى محادثة أو نفّذ شيئًا أو ابحث عن رسالة
palette-do = تنفيذ
palette-move = تنقّل
palette-open = فتح
palette-only = الأوامر فقط
new-group = مجموعة جديدة
switch-theme = فاتح أو داكن
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
