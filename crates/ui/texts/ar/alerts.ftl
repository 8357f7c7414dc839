notifications-denied = لا يسمح هذا المتصفح لـ Parlor بإشعارك. يمكن تغيير ذلك في إعداداته لهذا الموقع.
notifications-none = لا إشعارات في هذا المتصفح.
letters = الأحرف المفردة
letters-note = تعمل R وE وF وغيرها على الرسالة التي عليها التركيز، ولا تعمل أبدًا أثناء الكتابة.
alerts-on = تشغيل الإشعارات
alerts-off = إيقاف الإشعارات
alerts-are-on = الإشعارات تعمل
alerts-are-off = الإشعارات متوقفة
