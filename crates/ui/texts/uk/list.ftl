search = Пошук
new-chat = Новий чат
new-chat-keys = Новий чат (Alt N)
filter-chats = Які чати показати
filter-all = Усі
filter-unread = Непрочитані
filter-groups = Групи
requests = Запити
archived = Архів
no-requests = Ніхто не чекає на відповідь.
no-archived = Нічого не відкладено.
notes-to-self = Нотатки для себе
no-title = Група без назви
wants-to-talk = Хоче з вами поговорити
draft = Чернетка:
said-by = { $name }:
verified = Звірено
muted = Без звуку
pinned = Закріплено
you-were-mentioned = Вас згадали
unread-count = { $count ->
    [one] { $count } непрочитане
   *[other] { $count } непрочитаних
}
typing = пише…
typing-one = { $name } пише…
typing-two = { $name } і { $other } пишуть…
typing-many = { $count ->
    [one] Пише { $count } людина…
    [few] Пишуть { $count } людини…
   *[other] Пишуть { $count } людей…
}
nobody-title = Сідайте зручніше
nobody-text = Тут ще нікого. Знайдіть когось за адресою або поділіться своїм посиланням.
chat-menu = Дії з чатом
mark-read = Позначити прочитаним
marked-unread = Позначено непрочитаним
mark-unread = Позначити непрочитаним
pin = Закріпити
unpin = Відкріпити
mute = Вимкнути звук
unmute = Увімкнути звук
archive = До архіву
unarchive = З архіву
was-archived = Чат в архіві
was-unarchived = Чат знову у списку
was-muted = Чат без звуку
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
kind-unknown = Потрібен новіший Parlor
deleted = Це повідомлення видалено
deleted-by-you = Ви видалили це повідомлення
deleted-by = Повідомлення видалено: { $name }
said-one = { $name }: { $text }
said-many = { $count ->
    [one] { $count } нове повідомлення в { $chat }
    [few] { $count } нові повідомлення в { $chat }
   *[other] { $count } нових повідомлень у { $chat }
}
