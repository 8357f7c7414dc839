no-chat = لا محادثة مفتوحة
no-chat-text = اختر محادثة لتقرأ وتكتب هنا.
room-direct = محادثة مع { $name }
room-group = { $name }، مجموعة
safety-compared = تمت مقارنة رقم الأمان
and-more = { $names } و{ $count ->
    [zero] لا أحد غيرهم
    [one] شخص آخر
    [two] شخصان آخران
    [few] { $count } آخرون
    [many] { $count } شخصًا آخر
   *[other] { $count } شخص آخر
}
messages = الرسائل
intro-direct = أنت و{ $name } فقط تستطيعان قراءة هذه المحادثة. خادمك يمرّر مظاريف مختومة.
intro-group = لا يستطيع قراءة هذه المجموعة إلا أعضاؤها. خادمك يمرّر مظاريف مختومة.
intro-notes = لا تستطيع قراءة ما تدوّنه هنا إلا أجهزتك.
jump = إلى أحدث رسالة
jump-new = { $count ->
    [zero] إلى أحدث رسالة، لا جديد
    [one] إلى أحدث رسالة، رسالة واحدة جديدة
    [two] إلى أحدث رسالة، رسالتان جديدتان
    [few] إلى أحدث رسالة، { $count } رسائل جديدة
    [many] إلى أحدث رسالة، { $count } رسالة جديدة
   *[other] إلى أحدث رسالة، { $count } رسالة جديدة
}
new-count = { $count ->
    [zero] لا رسائل جديدة
    [one] رسالة جديدة
    [two] رسالتان جديدتان
    [few] { $count } رسائل جديدة
    [many] { $count } رسالة جديدة
   *[other] { $count } رسالة جديدة
}
state-queued = قيد الإرسال
state-sent = أُرسلت
state-delivered = وصلت
state-read = قُرئت
state-failed = لم تُرسَل
edited = معدّلة
forwarded = مُعاد توجيهها
unreadable = لا يمكن فتح هذه الرسالة على هذا الجهاز
hidden-text = نص مخفي. اضغط لإظهاره.
earlier-message = رسالة سابقة
show-it = اضغط لإظهارها
reaction = { $emoji } من { $names }
reactions = { $emoji } { $count } من { $names }
reaction-count = { $count ->
    [zero] لا تفاعلات
    [one] تفاعل واحد
    [two] تفاعلان
    [few] { $count } تفاعلات
    [many] { $count } تفاعلًا
   *[other] { $count } تفاعل
}
react = تفاعل
react-with = التفاعل بـ { $emoji }
failed-too-large = كبيرة جدًا على خادمك.
failed-quota = لم تعد هناك مساحة على خادمك لهذا الحساب.
failed-left = لم تُرسَل. لم تعد في هذه المحادثة.
failed-lost = لم يعد الملف على هذا الجهاز.
failed-refused = لم تُرسَل. رفضها خادمك.
send-again = إعادة الإرسال
photo-named = صورة { $name }
save-file = حفظ { $name }
transfer = في الطريق
stop-download = إيقاف تنزيل { $name }
stop-upload = إلغاء إرسال { $name }
sealing = جارٍ الختم · { $done } من { $total }
arriving = جارٍ الاستلام · { $done } من { $total }
file-expired = لم يعد على الخادم. طُلب من مرسله إرساله من جديد.
file-failed = لم يعد متاحًا
message-menu = خيارات الرسالة
reply = رد
copy-text = نسخ النص
copied = تم النسخ
edit = تعديل
delete = حذف
delete-here = حذف لديّ…
delete-everyone = حذف لدى الجميع…
delete-here-title = حذف لديك؟
delete-here-text = تُحذف الرسالة من أجهزتك. تبقى لدى الآخرين.
delete-everyone-title = حذف لدى الجميع؟
delete-everyone-text = تُحذف الرسالة من كل أجهزة هذه المحادثة التي تستخدم Parlor. من قرأها قد يتذكرها.
open = فتح
forward = إعادة توجيه
forward-to = إعادة التوجيه إلى
forward-count = الرسائل المراد إعادة توجيهها: { $count }
was-forwarded = { $count ->
    [zero] لم يُعَد توجيه أي رسالة
    [one] أُعيد توجيه الرسالة
    [two] أُعيد توجيه رسالتين
    [few] أُعيد توجيه { $count } رسائل
    [many] أُعيد توجيه { $count } رسالة
   *[other] أُعيد توجيه { $count } رسالة
}
search-chats = البحث في المحادثات
select = تحديد
picked = الرسائل المحددة
picked-count = المحدد: { $count }
pick-end = إنهاء التحديد
delete-many-title = { $count ->
    [zero] لا رسائل لحذفها
    [one] حذف هذه الرسالة لديك؟
    [two] حذف رسالتين لديك؟
    [few] حذف { $count } رسائل لديك؟
    [many] حذف { $count } رسالة لديك؟
   *[other] حذف { $count } رسالة لديك؟
}
delete-many-text = تُحذف من أجهزتك. تبقى لدى الآخرين.
mention = من يمكن الإشارة إليه
find = البحث في المحادثة
find-none = لم يُعثر على شيء
find-count = { $at } من { $count }
find-older = أقدم
find-newer = أحدث
play = تشغيل
pause = إيقاف مؤقت
position = الموضع
speed = السرعة
read-more = قراءة المزيد
message-details = التفاصيل
star = تمييز بنجمة
unstar = إزالة النجمة
starred = مميّزة بنجمة
sent-at = أُرسلت
received-at = وصلت إلى هذا الجهاز
edited-at = عُدّلت
sent-silently = أُرسلت بلا صوت
read-by = قُرئت
delivered-to = وصلت إلى جهاز
not-delivered-to = لم تصل بعد
earlier-texts = نصوص سابقة
send-silently = إرسال بلا صوت
