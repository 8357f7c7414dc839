search-all = Шукати чати й повідомлення
close-search = Закрити пошук
clear = Очистити
search-note = Усе шукається на цьому пристрої. Сервер не питають.
search-none = Нічого для «{ $query }»
search-none-text = Шукається лише те, що є на цьому пристрої. Спробуйте менше літер або інше слово.
search-count = { $count ->
    [one] { $count } збіг на цьому пристрої
    [few] { $count } збіги на цьому пристрої
   *[other] { $count } збігів на цьому пристрої
}
palette = Перейти куди завгодно
palette-to = Перейти до чату, зробити щось, знайти повідомлення
palette-do = Зробити
palette-move = рух
palette-open = відкрити
palette-only = лише дії
new-group = Нова група
switch-theme = Світла чи темна
shortcuts = Комбінації клавіш
keys-go = Перехід
keys-list = Список
keys-writing = Написання
keys-anywhere = Будь-де
keys-next = Наступний чат
keys-previous = Попередній чат
keys-unread = Наступний непрочитаний чат
keys-nth = Від першого до дев’ятого чату
keys-pane = Наступна панель
keys-back = Назад
keys-move = Між повідомленнями
keys-line = Новий рядок
keys-edit-last = Змінити останнє своє, у порожньому полі
keys-bold = Жирний
keys-italic = Курсив
keys-code = Код
