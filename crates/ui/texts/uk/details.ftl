back-to-chat = Назад до чату
wallpaper = Шпалери
wallpaper-as-all = Як в усіх чатах
wallpaper-arches = Арки
wallpaper-terrazzo = Терацо
wallpaper-tiles = Плитка
wallpaper-fern = Папороть
wallpaper-rain = Дощ
wallpaper-plain = Без візерунка
leave = Вийти
leave-group = Вийти з групи
leave-title = Вийти з групи «{ $name }»?
leave-text = Те, що напишуть після цього, не надійде на жоден ваш пристрій. Те, що вже написано, лишиться у вас.
block = Заблокувати
unblock = Розблокувати
block-title = Заблокувати користувача { $name }?
block-text = Повідомлення цієї людини більше до вас не надходитимуть. Вона про це не дізнається.
safety-number = Код безпеки
safety-is-compared = Звірено
safety-not-compared = Ще не звірено
safety-with = Код безпеки: { $name }
safety-text = Звірте цей код із тим, який бачить { $name }, особисто або під час дзвінка. Якщо вони однакові, між вами нікого немає.
safety-code = QR-код із кодом безпеки
safety-match = Коди збігаються
members = Учасники
member-count = { $count ->
    [one] { $count } учасник
    [few] { $count } учасники
    [many] { $count } учасників
   *[other] { $count } учасника
}
member-menu = Дії: { $name }
add-members = Додати людей
add = Додати
rename-group = Назва й опис
group-description = Опис
role-owner = Власник
role-admin = Адміністратор
make-admin = Зробити адміністратором
make-member = Забрати роль адміністратора
remove-member = Вилучити з групи
# Посилання-запрошення.
join-link = Посилання-запрошення
join-none = За посиланням люди можуть надіслати запит на приєднання. Ви вирішуєте, кого прийняти.
join-make = Створити посилання
join-text = Дайте його тим, кого хочете тут бачити. Хто його має, може надіслати запит на приєднання.
join-code = QR-код із посиланням-запрошенням
join-approve = Питати, перш ніж прийняти
join-approve-text = Має погодитися хтось, хто може додавати людей
join-reset = Створити нове посилання
join-reset-text = Старе тоді перестане діяти
join-revoke = Відкликати посилання
join-asks = { $count ->
    [one] { $count } людина хоче приєднатися
    [few] { $count } людини хочуть приєднатися
    [many] { $count } людей хочуть приєднатися
   *[other] { $count } людини хочуть приєднатися
}
join-let-in = Прийняти
join-accept = Прийняти: { $name }
join-decline = Не приймати: { $name }
