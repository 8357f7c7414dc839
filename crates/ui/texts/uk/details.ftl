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
leave-title = Вийти: { $name }?
leave-text = Сказане після цього не надійде на жоден ваш пристрій. Те, що було сказано, лишиться у вас.
block = Заблокувати
unblock = Розблокувати
block-title = Заблокувати { $name }?
block-text = Повідомлення звідти більше до вас не надходитимуть. Нікому про це не скажуть.
safety-number = Код безпеки
safety-is-compared = Звірено
safety-not-compared = Ще не звірено
safety-with = Код безпеки: { $name }
safety-text = Звірте його з тим, що бачить { $name }, особисто або телефоном. Якщо обидва однакові, між вами нікого немає.
safety-code = QR-код із кодом безпеки
safety-match = Вони однакові
members = Учасники
member-count = { $count ->
    [one] { $count } учасник
    [few] { $count } учасники
   *[other] { $count } учасників
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
join-none = За посиланням люди можуть попроситися до групи. Ви вирішуєте, кого впустити.
join-make = Створити посилання
join-text = Дайте його тим, кого хочете тут бачити. Хто його має, може попроситися.
join-code = QR-код із посиланням-запрошенням
join-approve = Питати, перш ніж впустити
join-approve-text = Має погодитися той, хто може додавати людей
join-reset = Створити нове посилання
join-reset-text = Старе тоді нікуди не веде
join-revoke = Забрати посилання
join-asks = { $count ->
    [one] { $count } людина проситься до групи
    [few] { $count } людини просяться до групи
   *[other] { $count } людей просяться до групи
}
join-let-in = Впустити
join-accept = Впустити: { $name }
join-decline = Не впускати: { $name }
