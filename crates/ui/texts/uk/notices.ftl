notice-created-you = Ви створили «{ $title }»
notice-created = Групу «{ $title }» створено: { $by }
notice-added-you = Ви додали: { $whom }
notice-added-me = Вас додано: { $by }
notice-added = { $by } додає: { $whom }
notice-removed-you = Ви вилучили: { $whom }
notice-removed-me = Вас вилучено: { $by }
notice-removed = { $by } вилучає: { $whom }
notice-left-you = Ви вийшли
notice-left = { $by } більше не в чаті
notice-title-you = Ви змінили назву на «{ $title }»
notice-title = { $by }: нова назва «{ $title }»
notice-description-you = Ви змінили опис
notice-description = { $by }: новий опис
notice-policy-you = Ви змінили, кому що дозволено
notice-policy = { $by }: змінено, кому що дозволено
notice-role-you = За вашим рішенням { $whom } тепер { $role ->
    [owner] власник
    [admin] адміністратор
   *[other] учасник
}
notice-role-me = Ви тепер { $role ->
    [owner] власник
    [admin] адміністратор
   *[other] учасник
} (рішення: { $by })
notice-role = { $whom } тепер { $role ->
    [owner] власник
    [admin] адміністратор
   *[other] учасник
} (рішення: { $by })
notice-device-you = У вас новий пристрій
notice-device = { $by }: новий пристрій
notice-restored-you = Ви відновили обліковий запис на новому пристрої
notice-restored = { $by }: обліковий запис відновлено на новому пристрої
notice-restored-here = Ви відновили цей чат із копії від { $day }. Пізніших повідомлень може бракувати.
notice-gap = Деякі повідомлення не вдалося отримати на цьому пристрої
notice-parted = Сервер тримав цей пристрій окремо від інших у цьому чаті. Тепер вони знову разом.
notice-refused = { $by }: недозволена зміна. Її відхилено.
