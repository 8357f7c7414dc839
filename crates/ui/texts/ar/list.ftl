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
wants-to-talk = يريد مراسلتك
draft = مسودة:
said-by = { $name }:
verified = تم التحقق
muted = مكتومة
pinned = مثبّتة
you-were-mentioned = تمت الإشارة إليك
unread-count = { $count ->
    [zero] لا رسائل غير مقروءة
    [one] رسالة واحدة غير مقروءة
    [two] رسالتان غير مقروءتين
    [few] { $count } رسائل غير مقروءة
    [many] { $count } رسالة غير مقروءة
   *[other] { $count } رسالة غير مقروءة
}
typing = يكتب…
typing-one = { $name } يكتب…
typing-two = { $name } و{ $other } يكتبان…
typing-many = { $count ->
    [zero] لا أحد يكتب
    [one] شخص واحد يكتب…
    [two] شخصان يكتبان…
    [few] { $count } أشخاص يكتبون…
    [many] { $count } شخصًا يكتبون…
   *[other] { $count } شخص يكتبون…
}
nobody-title = تفضّل بالجلوس
nobody-text = لا أحد هنا بعد. ابحث عن شخص بعنوانه أو شارك رابطك.
chat-menu = خيارات المحادثة
mark-read = تمييز كمقروءة
marked-unread = مميّزة كغير مقروءة
mark-unread = تمييز كغير مقروءة
pin = تثبيت
unpin = إلغاء التثبيت
mute = كتم
unmute = إلغاء الكتم
archive = أرشفة
unarchive = إلغاء الأرشفة
was-archived = تمت أرشفة المحادثة
was-unarchived = عادت المحادثة إلى القائمة
was-muted = تم كتم المحادثة
mute-hour = لساعة
mute-day = ليوم
mute-week = لأسبوع
mute-ever = حتى أغيّر ذلك
kind-image = { $count ->
    [zero] لا صور
    [one] صورة
    [two] صورتان
    [few] { $count } صور
    [many] { $count } صورة
   *[other] { $count } صورة
}
kind-video = فيديو
kind-voice = رسالة صوتية
kind-audio = ملف صوتي
kind-file = ملف
kind-unknown = تتطلب قراءتها إصدارًا أحدث من Parlor
deleted = حُذفت هذه الرسالة
deleted-by-you = حذفتَ هذه الرسالة
deleted-by = حذف { $name } هذه الرسالة
said-one = { $name }: { $text }
said-many = { $count ->
    [zero] لا رسائل جديدة في { $chat }
    [one] رسالة جديدة في { $chat }
    [two] رسالتان جديدتان في { $chat }
    [few] { $count } رسائل جديدة في { $chat }
    [many] { $count } رسالة جديدة في { $chat }
   *[other] { $count } رسالة جديدة في { $chat }
}
