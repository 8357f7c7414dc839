notice-created-you = أنشأتَ «{ $title }»
notice-created = أنشأ { $by } «{ $title }»
notice-added-you = أضفتَ { $whom }
notice-added-me = أضافك { $by }
notice-added = أضاف { $by } { $whom }
notice-removed-you = أزلتَ { $whom }
notice-removed-me = أزالك { $by }
notice-removed = أزال { $by } { $whom }
notice-left-you = غادرتَ
notice-left = غادر { $by }
notice-title-you = غيّرتَ الاسم إلى «{ $title }»
notice-title = غيّر { $by } الاسم إلى «{ $title }»
notice-description-you = غيّرتَ الوصف
notice-description = غيّر { $by } الوصف
notice-policy-you = غيّرتَ من يحق له ماذا
notice-policy = غيّر { $by } من يحق له ماذا
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
notice-role = جعل { $by } { $whom } { $role ->
    [owner] مالكًا
    [admin] مشرفًا
   *[other] عضوًا
}
notice-device-you = تستعمل جهازًا جديدًا
notice-device = يستعمل { $by } جهازًا جديدًا
notice-restored-you = استعدتَ حسابك على جهاز جديد
notice-restored = استعاد { $by } حسابه على جهاز جديد
notice-restored-here = استعدتَ هذه المحادثة من نسخة { $day }. قد تنقص رسائل من بعدها.
notice-gap = تعذّر استلام بعض الرسائل على هذا الجهاز
notice-parted = أبقى الخادم هذا الجهاز بعيدًا عن الآخرين في هذه المحادثة. عادوا معًا.
notice-refused = حاول { $by } تغييرًا غير مسموح. رُفض.
