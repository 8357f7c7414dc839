no-chat = لا محادثة مفتوحة
no-chat-text = اختر محادثة لتقرأ وتكتب هنا.
room-direct = محادثة مع { $name }
room-group = { $name }، مجموعة
safety-compared = قورن رقم الأمان
and-more = { $names } و{ $count } آخرون
messages = الرسائل
intro-direct = أنت و{ $name } فقط تقرآن هذه المحادثة. خادمك يمرّر ظروفًا مختومة.
intro-group = أعضاء هذه المجموعة فقط يقرؤونها. خادمك يمرّر ظروفًا مختومة.
intro-notes = أجهزتك وحدها تقرأ ما تدوّنه هنا.
jump = إلى أحدث رسالة
jump-new = { $count ->
    [one] إلى أحدث رسالة، واحدة جديدة
    [two] إلى أحدث رسالة، اثنتان جديدتان
   *[other] إلى أحدث رسالة، { $count } جديدة
}
new-count = { $count ->
    [one] واحدة جديدة
    [two] اثنتان جديدتان
   *[other] { $count } جديدة
}
state-queued = قيد الإرسال
state-sent = أُرسلت
state-delivered = وصلت
state-read = قُرئت
state-failed = لم تُرسَل
edited = معدّلة
forwarded = محوّلة
unreadable = لا يمكن فتح هذه الرسالة على هذا الجهاز
hidden-text = نص مخفي. اضغط لإظهاره.
earlier-message = رسالة أقدم
show-it = اضغط لإظهارها
reaction = { $emoji } من { $names }
reactions = { $emoji } { $count } من { $names }
reaction-count = { $count ->
    [one] تفاعل واحد
    [two] تفاعلان
    [few] { $count } تفاعلات
   *[other] { $count } تفاعلًا
}
react = تفاعل
react-with = تفاعل بـ { $emoji }
failed-too-large = كبيرة جدًا على خادمك.
failed-quota = لم يبقَ في خادمك مكان لهذا الحساب.
failed-lost = لم يعد الملف على هذا الجهاز.
failed-refused = لم تُرسَل. رفضها خادمك.
send-again = إعادة الإرسال
photo-named = صورة { $name }
save-file = حفظ { $name }
transfer = في الطريق
sealing = يُختم · { $done } من { $total }
arriving = يصل · { $done } من { $total }
file-expired = لم يعد على الخادم. طُلب من مرسله إحضاره ثانية.
file-failed = لم يعد الحصول عليه ممكنًا
message-menu = خيارات الرسالة
reply = رد
copy-text = نسخ النص
copied = نُسخ
edit = تعديل
delete = حذف
delete-here = حذف لدي…
delete-everyone = حذف لدى الجميع…
delete-here-title = حذف لديك؟
delete-here-text = تُحذف الرسالة من أجهزتك. تبقى لدى الآخرين.
delete-everyone-title = حذف لدى الجميع؟
delete-everyone-text = تُحذف الرسالة من كل الأجهزة التي فيها Parlor في هذه المحادثة. من قرأها قد يتذكرها.
open = فتح
forward = تحويل
forward-to = تحويل إلى
forward-count = رسائل للتحويل: { $count }
was-forwarded = { $count ->
    [one] حُوّلت الرسالة
    [two] حُوّلت رسالتان
    [few] حُوّلت { $count } رسائل
   *[other] حُوّلت { $count } رسالة
}
search-chats = بحث في المحادثات
select = تحديد
picked = الرسائل المحددة
picked-count = المحدد: { $count }
pick-end = إنهاء التحديد
delete-many-title = { $count ->
    [one] حذف هذه الرسالة لديك؟
    [two] حذف رسالتين لديك؟
    [few] حذف { $count } رسائل لديك؟
   *[other] حذف { $count } رسالة لديك؟
}
delete-many-text = تُحذف من أجهزتك. تبقى لدى الآخرين.
mention = من يمكن ذكره
find = بحث في المحادثة
find-keys = بحث في المحادثة (Ctrl F)
find-none = لم يُعثر على شيء
find-count = { $at } من { $count }
find-older = أقدم
find-newer = أحدث
play = تشغيل
pause = إيقاف مؤقت
position = الموضع
speed = السرعة
read-more = اقرأ المزيد
