no-chat = Чат не відкрито
no-chat-text = Виберіть чат, щоб читати й писати тут.
room-direct = Чат: { $name }
room-group = { $name }, група
safety-compared = Код безпеки звірено
and-more = { $names } і ще { $count }
messages = Повідомлення
intro-direct = Цей чат можете читати тільки ви та { $name }. Ваш сервер передає запечатані конверти.
intro-group = Цю групу можуть читати тільки її учасники. Ваш сервер передає запечатані конверти.
intro-notes = Те, що ви тут запишете, можуть прочитати тільки ваші власні пристрої.
jump = До останнього повідомлення
jump-new = { $count ->
    [one] До останнього повідомлення, { $count } нове
    [few] До останнього повідомлення, { $count } нові
    [many] До останнього повідомлення, { $count } нових
   *[other] До останнього повідомлення, { $count } нового
}
new-count = { $count ->
    [one] { $count } нове
    [few] { $count } нові
    [many] { $count } нових
   *[other] { $count } нового
}
state-queued = Надсилається
state-sent = Надіслано
state-delivered = Доставлено
state-read = Прочитано
state-failed = Не надіслано
edited = відредаговано
forwarded = Переслано
unreadable = Це повідомлення не вдається відкрити на цьому пристрої
hidden-text = Прихований текст. Натисніть, щоб показати.
earlier-message = Давніше повідомлення
show-it = Натисніть, щоб показати
reaction = { $emoji } від: { $names }
reactions = { $emoji } { $count } від: { $names }
reaction-count = { $count ->
    [one] { $count } реакція
    [few] { $count } реакції
    [many] { $count } реакцій
   *[other] { $count } реакції
}
react = Реакція
react-with = Реакція { $emoji }
failed-too-large = Завелике для вашого сервера.
failed-quota = На вашому сервері більше немає місця для цього облікового запису.
failed-left = Не надіслано. Вас уже не було в цьому чаті.
failed-lost = Файлу вже немає на цьому пристрої.
failed-refused = Не надіслано. Ваш сервер відмовив.
send-again = Надіслати ще раз
photo-named = Фото { $name }
save-file = Зберегти файл { $name }
transfer = У дорозі
stop-download = Зупинити завантаження файлу { $name }
stop-upload = Не надсилати файл { $name }
sealing = Запечатується · { $done } з { $total }
arriving = Надходить · { $done } з { $total }
file-expired = На сервері вже немає. Відправника попросили надіслати ще раз.
file-failed = Більше недоступно
message-menu = Дії з повідомленням
reply = Відповісти
copy-text = Копіювати текст
copied = Скопійовано
edit = Редагувати
delete = Видалити
delete-here = Видалити в мене…
delete-everyone = Видалити в усіх…
delete-here-title = Видалити у вас?
delete-here-text = Повідомлення зникне з ваших пристроїв. В інших воно залишиться.
delete-everyone-title = Видалити в усіх?
delete-everyone-text = Повідомлення зникне з усіх пристроїв у цьому чаті, на яких працює Parlor. Хто його прочитав, може його пам’ятати.
open = Відкрити
forward = Переслати
forward-to = Кому переслати
forward-count = Повідомлень для пересилання: { $count }
was-forwarded = { $count ->
    [1] Переслано
    [one] Переслано { $count } повідомлення
    [few] Переслано { $count } повідомлення
    [many] Переслано { $count } повідомлень
   *[other] Переслано { $count } повідомлення
}
search-chats = Шукати чати
select = Вибрати
picked = Вибрані повідомлення
picked-count = Вибрано: { $count }
pick-end = Скасувати вибір
delete-many-title = { $count ->
    [1] Видалити це повідомлення у вас?
    [one] Видалити { $count } повідомлення у вас?
    [few] Видалити { $count } повідомлення у вас?
    [many] Видалити { $count } повідомлень у вас?
   *[other] Видалити { $count } повідомлення у вас?
}
delete-many-text = Вони зникнуть із ваших пристроїв. В інших залишаться.
mention = Кого згадати
find = Шукати в чаті
find-none = Нічого не знайдено
find-count = { $at } з { $count }
find-older = Давніші
find-newer = Новіші
play = Відтворити
pause = Пауза
position = Позиція
speed = Швидкість
read-more = Читати далі
message-details = Подробиці
star = Позначити зіркою
unstar = Прибрати зірку
starred = Із зіркою
sent-at = Надіслано
received-at = Отримано на цьому пристрої
edited-at = Змінено
sent-silently = Надіслано без звуку
read-by = Прочитано
delivered-to = На пристрої
not-delivered-to = Ще не доставлено
earlier-texts = Попередні тексти
send-silently = Надіслати без звуку
