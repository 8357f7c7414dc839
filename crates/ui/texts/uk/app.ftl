skip = До поля повідомлення
main = Головне
chats = Чати
settings = Налаштування
you = Ви
you-named = Ви: { $name }
close = Закрити
cancel = Скасувати
save = Зберегти
more = Більше
undo = Повернути
reload = Завантажити знову
details = Подробиці
somebody = Хтось
back-to-chats = Назад до чатів
unread-chats = { $count ->
    [one] { $count } непрочитаний чат
    [few] { $count } непрочитані чати
   *[other] { $count } непрочитаних чатів
}
offline = Ви не в мережі.
offline-text = Повідомлення підуть, щойно ви повернетеся.
unreachable = { $server } недоступний.
technical-details = Технічні подробиці
broken-storage = Цей браузер нічого тут не зберігає
broken-storage-text = Parlor зберігає ваші повідомлення на цьому пристрої, а браузер цього не дозволяє. Так часто буває в приватному вікні. Відкрийте Parlor у звичайному.
broken-damaged = Те, що тут зберігалося, не читається
broken-damaged-text = Повідомлення на цьому пристрої пошкоджено. Обліковий запис у безпеці: приєднайте цей браузер знову з іншого пристрою або скористайтеся кодом відновлення.
broken-other = Parlor не зміг запуститися
broken-other-text = Нічого не втрачено. Завантажте сторінку знову; якщо це повторюється, подробиці нижче допоможуть знайти причину.
size-bytes = { $amount } Б
size-kilobytes = { $amount } КБ
size-megabytes = { $amount } МБ
size-gigabytes = { $amount } ГБ
# Відкрите посилання.
opened-group = Вас запросили
opened-group-text = Попроситися до «{ $name }»? Учасники побачать ваше ім’я.
opened-join = Попроситися
opened-person = Написати комусь
opened-person-text = Це посилання веде до людини. Вона побачить ваше ім’я, а повідомлення — як запит.
opened-write = Написати
opened-asked = Запит надіслано. Група з’явиться тут, щойно вас впустять.
opened-expired = Це посилання вже нікуди не веде. Попросіть нове.
opened-elsewhere = Це на іншому сервері. Відкрийте посилання в застосунку того сервера.
opened-wrong = Такого посилання Parlor не знає.
