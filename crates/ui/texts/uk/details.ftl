wallpaper = Тло
wallpaper-as-all = Як в усіх чатах
wallpaper-arches = Арки
wallpaper-terrazzo = Терацо
wallpaper-tiles = Плитка
wallpaper-fern = Папороть
wallpaper-rain = Дощ
wallpaper-plain = Просте
leave = Вийти
leave-group = Вийти з групи
leave-title = Вийти з «{ $name }»?
leave-text = Сказаного після цього ви не отримаєте на жодному пристрої. Сказане раніше залишиться у вас.
block = Заблокувати
unblock = Розблокувати
block-title = Заблокувати: { $name }?
block-text = Повідомлення звідти більше не надходитимуть. Про це нікому не кажуть.
safety-number = Код безпеки
safety-is-compared = Звірено
safety-not-compared = Ще не звірено
safety-with = Код безпеки: ви і { $name }
safety-text = Звірте його з тим, що бачить { $name }, особисто чи телефоном. Якщо однаково, між вами нікого немає.
safety-code = QR-код із кодом безпеки
safety-match = Збігаються
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
