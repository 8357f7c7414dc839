notice-created-you = أنشأتَ المجموعة «{ $title }»
notice-created = أنشأ { $by } المجموعة «{ $title }»
notice-added-you = أضفتَ { $whom }
notice-added-me = أضافك { $by }
notice-added = { $by } أضاف { $whom }
notice-removed-you = أزلتَ { $whom }
notice-removed-me = أزالك { $by }
notice-removed = { $by } أزال { $whom }
notice-left-you = غادرتَ المجموعة
notice-left = غادر { $by } المجموعة
notice-title-you = غيّرتَ الاسم إلى «{ $title }»
notice-title = غيّر { $by } الاسم إلى «{ $title }»
notice-description-you = غيّرتَ الوصف
notice-description = غيّر { $by } الوصف
notice-policy-you = غيّرتَ صلاحيات المجموعة
notice-policy = غيّر { $by } صلاحيات المجموعة
notice-role-you = جعلتَ { $whom } { $role ->
    [owner] مالكًا
    [admin] مشرفًا
   *[other] عضوًا
}
notice-role-me = جعلك { $by } { $role ->
    [owner] مالكًا
    [admin] مشرفًا
   *[other] عضوًا
}
notice-role = { $by } جعل { $whom } { $role ->
    [owner] مالكًا
    [admin] مشرفًا
   *[other] عضوًا
}
notice-device-you = تستخدم جهازًا جديدًا
notice-device = يستخدم { $by } جهازًا جديدًا
notice-restored-you = استعدتَ حسابك على جهاز جديد
notice-restored = استعاد { $by } حسابه على جهاز جديد
notice-restored-here = استعدتَ هذه المحادثة من النسخة الاحتياطية بتاريخ { $day }. قد تنقص رسائل من الفترة التي تلته.
notice-gap = تعذّر استلام بعض الرسائل على هذا الجهاز
notice-parted = أبقى الخادم هذا الجهاز معزولًا عن الآخرين في هذه المحادثة. وقد عادوا معًا الآن.
notice-refused = حاول { $by } إجراء تغيير غير مسموح به، فرُفض.
