search = Пошук
new-chat = Новий чат
new-chat-keys = Новий чат (Alt N)
filter-chats = Фільтр чатів
filter-all = Усі
filter-unread = Непрочитані
filter-groups = Групи
requests = Запити
archived = Архів
no-requests = Ніхто не чекає на відповідь.
no-archived = В архіві порожньо.
notes-to-self = Нотатки для себе
no-title = Група без назви
wants-to-talk = Хоче з вами спілкуватися
draft = Чернетка:
said-by = { $name }:
verified = Звірено
muted = Без звуку
pinned = Закріплено
you-were-mentioned = Вас згадали
unread-count = { $count ->
    [one] { $count } непрочитане
    [few] { $count } непрочитані
    [many] { $count } непрочитаних
   *[other] { $count } непрочитаного
}
typing = пише…
typing-one = { $name } пише…
typing-two = { $name } та { $other } пишуть…
typing-many = { $count ->
    [one] { $count } людина пише…
    [few] { $count } людини пишуть…
    [many] { $count } людей пишуть…
   *[other] { $count } людини пишуть…
}
nobody-title = Влаштовуйтеся зручніше
nobody-text = Тут ще нікого немає. Знайдіть когось за адресою або поділіться своїм посиланням.
chat-menu = Дії з чатом
mark-read = Позначити прочитаним
marked-unread = Позначено непрочитаним
mark-unread = Позначити непрочитаним
pin = Закріпити
unpin = Відкріпити
mute = Вимкнути звук
unmute = Увімкнути звук
archive = Архівувати
unarchive = Розархівувати
was-archived = Чат архівовано
was-unarchived = Чат знову у списку
was-muted = Звук чату вимкнено
mute-hour = На годину
mute-day = На день
mute-week = На тиждень
mute-ever = Доки не зміню
kind-image = { $count ->
    [1] Фото
   *[other] { $count } фото
}
kind-video = Відео
kind-voice = Голосове повідомлення
kind-audio = Аудіо
kind-file = Файл
kind-unknown = Щоб прочитати, потрібна новіша версія Parlor
deleted = Це повідомлення видалено
deleted-by-you = Ви видалили це повідомлення
deleted-by = { $name }: повідомлення видалено
said-one = { $name }: { $text }
said-many = { $count ->
    [one] { $count } нове повідомлення в чаті «{ $chat }»
    [few] { $count } нові повідомлення в чаті «{ $chat }»
    [many] { $count } нових повідомлень у чаті «{ $chat }»
   *[other] { $count } нового повідомлення в чаті «{ $chat }»
}
