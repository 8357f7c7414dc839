notice-created-you = Ви створили групу «{ $title }»
notice-created = { $by } створює групу «{ $title }»
notice-added-you = Ви додали: { $whom }
notice-added-me = { $by } додає вас
notice-added = { $by } додає: { $whom }
notice-removed-you = Ви вилучили: { $whom }
notice-removed-me = { $by } вилучає вас
notice-removed = { $by } вилучає: { $whom }
notice-left-you = Ви вийшли з групи
notice-left = { $by } виходить із групи
notice-title-you = Ви змінили назву на «{ $title }»
notice-title = { $by } змінює назву на «{ $title }»
notice-description-you = Ви змінили опис
notice-description = { $by } змінює опис
notice-policy-you = Ви змінили, кому що дозволено
notice-policy = { $by } змінює, кому що дозволено
notice-role-you = Ви змінили роль: { $whom } тепер { $role ->
    [owner] власник
    [admin] адміністратор
   *[other] учасник
}
notice-role-me = { $by } змінює вашу роль: тепер ви { $role ->
    [owner] власник
    [admin] адміністратор
   *[other] учасник
}
notice-role = { $by } змінює роль: { $whom } тепер { $role ->
    [owner] власник
    [admin] адміністратор
   *[other] учасник
}
notice-device-you = Ви користуєтеся новим пристроєм
notice-device = { $by } користується новим пристроєм
notice-restored-you = Ви відновили обліковий запис на новому пристрої
notice-restored = { $by } відновлює свій обліковий запис на новому пристрої
notice-restored-here = Ви відновили цей чат із резервної копії від { $day }. Пізніших повідомлень може бракувати.
notice-gap = Деякі повідомлення не вдалося отримати на цьому пристрої
notice-parted = Сервер тримав цей пристрій окремо від інших у цьому чаті. Тепер вони знову разом.
notice-refused = { $by } намагається внести недозволену зміну. Її відхилено.
