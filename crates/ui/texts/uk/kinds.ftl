# Місця, люди, опитування, наліпки, голосові повідомлення, і що є в чаті.
kind-sticker = Наліпка
kind-location = Місце
kind-contact = Контакт
kind-poll = Опитування
location-line = Місце: { $name }
contact-line = Контакт: { $name }
poll-line = Опитування: { $question }
location-about = З точністю до { $metres } м
location-open = Відкрити на openstreetmap.org
contact-write = Написати
poll-one = Одна відповідь · { $count ->
    [0] ще ніхто не голосував
    [one] проголосувала { $count } особа
    [few] проголосували { $count } особи
    [many] проголосувало { $count } осіб
   *[other] проголосувало { $count } особи
}
poll-any = Кілька відповідей · { $count ->
    [0] ще ніхто не голосував
    [one] проголосувала { $count } особа
    [few] проголосували { $count } особи
    [many] проголосувало { $count } осіб
   *[other] проголосувало { $count } особи
}
poll-closed = Завершено · { $count ->
    [0] ще ніхто не голосував
    [one] проголосувала { $count } особа
    [few] проголосували { $count } особи
    [many] проголосувало { $count } осіб
   *[other] проголосувало { $count } особи
}
poll-votes = Хто як голосував
poll-close = Завершити опитування
poll-close-title = Завершити це опитування?
poll-close-text = Після цього ніхто не зможе голосувати. Голоси залишаться.
attach-menu = Що додати
attach-picture = Фото чи відео
attach-file = Файл
location-title = Надіслати своє місце
location-looking = З’ясовуємо, де ви…
location-name = Що там? (не обов’язково)
location-denied = Ця сторінка не має права знати, де ви. Дозвольте це в налаштуваннях браузера для цього сайту й спробуйте ще раз.
location-none = Ваш пристрій зараз не може сказати, де він.
location-send = Надіслати місце
location-text = Його отримає лише цей чат. Карта ні в кого не запитується.
contact-title = Надіслати контакт
contact-none = Поки що нікого надіслати.
poll-title = Нове опитування
poll-question = Питання
poll-option = Відповідь { $number }
poll-option-add = Додати відповідь
poll-option-remove = Прибрати відповідь { $number }
poll-multiple = Кілька відповідей
poll-multiple-text = Кожен може обрати більше ніж одну.
poll-send = Надіслати опитування
poll-needs = Опитуванню потрібні питання та дві різні відповіді.
poll-open-votes = Усі тут бачать, хто за що проголосував.
stickers = Наліпки
stickers-recent = Нещодавні
stickers-own = Від Parlor
sticker-add = Надіслати зображення як наліпку
sticker-cactus = Кактус
sticker-cat = Кіт
sticker-chair = Крісло
sticker-lamp = Лампа
sticker-letter = Лист
sticker-moon = Місяць
sticker-teapot = Чайник
sticker-toast = Тост
record = Записати голосове повідомлення
record-keys = Записати голосове повідомлення (Alt R)
recording = Іде запис
recording-hint = Esc скасовує, Enter надсилає.
recording-hold = Потягніть угору, щоб записувати без рук, убік — щоб скасувати.
record-discard = Скасувати запис
record-stop = Зупинити й прослухати
record-send = Надіслати голосове повідомлення
record-play = Прослухати
record-denied = Ця сторінка не має права на мікрофон. Дозвольте це в налаштуваннях браузера для цього сайту й спробуйте ще раз.
record-none = Мікрофона немає.
record-failed = Мікрофон зараз недоступний. Можливо, його використовує інша програма.
shared = Чим тут ділилися
shared-media = Медіа
shared-files = Файли
shared-links = Посилання
shared-voice = Голос
shared-none = Поки що нічого.
shared-more = Показати більше
shared-show = Показати в чаті
