search-all = Шукати чати й повідомлення
close-search = Закрити пошук
clear = Очистити
search-note = Пошук відбувається на цьому пристрої, без участі вашого сервера.
search-none = Нічого за запитом «{ $query }»
search-none-text = Пошук охоплює лише те, що є на цьому пристрої. Спробуйте менше літер або інше слово.
search-count = { $count ->
    [one] { $count } збіг на цьому пристрої
    [few] { $count } збіги на цьому пристрої
    [many] { $count } збігів на цьому пристрої
   *[other] { $count } збігу на цьому пристрої
}
palette = Швидкий перехід
palette-to = Перейти до чату, зробити щось, знайти повідомлення
palette-do = Дії
palette-move = рухатися
palette-open = відкрити
palette-only = лише дії
new-group = Нова група
switch-theme = Змінити тему
shortcuts = Комбінації клавіш
keys-go = Перехід
keys-list = Список
keys-writing = Набір тексту
keys-anywhere = Будь-де
keys-next = Наступний чат
keys-previous = Попередній чат
keys-unread = Наступний непрочитаний чат
keys-nth = Від першого до дев’ятого чату
keys-pane = Наступна панель
keys-back = Назад
keys-move = Переходити між повідомленнями
keys-line = Новий рядок
keys-edit-last = Редагувати своє останнє повідомлення (у порожньому полі)
keys-bold = Жирний
keys-italic = Курсив
keys-code = Код
keys-ends = Перше й останнє повідомлення
keys-older = Сторінка назад
search-kinds = Види повідомлень
starred-none = Ще нічого не позначено зіркою. Позначте повідомлення в його меню, щоб знайти його тут.
starred-messages = Повідомлення із зіркою
