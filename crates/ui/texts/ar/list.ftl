search = بحث
new-chat = محادثة جديدة
new-chat-keys = محادثة جديدة (Alt N)
filter-chats = تصفية المحادثات
filter-all = الكل
filter-unread = غير مقروءة
filter-groups = المجموعات
requests = الطلبات
archived = الأرشيف
no-requests = لا أحد ينتظر ردًا.
no-archived = لا شيء في الأرشيف.
notes-to-self = ملاحظات لنفسي
no-title = مجموعة بلا اسم
wants-to-talk = يريد التحدث معك
draft = مسودة:
said-by = { $name }:
verified = موثّق
muted = صامتة
pinned = مثبّتة
you-were-mentioned = ذُكر اسمك
unread-count = { $count } غير مقروءة
typing = يكتب…
typing-one = { $name } يكتب…
typing-two = { $name } و{ $other } يكتبان…
typing-many = { $count ->
    [few] { $count } أشخاص يكتبون…
   *[other] { $count } شخصًا يكتبون…
}
nobody-title = تفضّل بالجلوس
nobody-text = لا أحد هنا بعد. ابحث عن شخص بعنوانه أو شارك رابطك.
chat-menu = خيارات المحادثة
mark-read = تعليم كمقروءة
marked-unread = معلّمة كغير مقروءة
mark-unread = تعليم كغير مقروءة
pin = تثبيت
unpin = إلغاء التثبيت
mute = كتم
unmute = إلغاء الكتم
archive = أرشفة
unarchive = إخراج من الأرشيف
was-archived = أُرشفت المحادثة
was-unarchived = عادت المحادثة إلى القائمة
was-muted = كُتمت المحادثة
mute-hour = لساعة
mute-day = ليوم
mute-week = لأسبوع
mute-ever = حتى أغيّر ذلك
kind-image = { $count ->
    [one] صورة
    [two] صورتان
    [few] { $count } صور
   *[other] { $count } صورة
}
kind-video = فيديو
kind-voice = رسالة صوتية
kind-audio = صوت
kind-file = ملف
kind-unknown = تحتاج قراءتها إلى إصدار أحدث من Parlor
deleted = حُذفت هذه الرسالة
deleted-by-you = حذفتَ هذه الرسالة
deleted-by = حذف { $name } هذه الرسالة
said-one = { $name }: { $text }
said-many = { $count ->
    [few] { $count } رسائل جديدة في { $chat }
   *[other] { $count } رسالة جديدة في { $chat }
}
