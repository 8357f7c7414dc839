# Місця, люди, опитування, наліпки, голосові повідомлення, і що є в чаті.
kind-sticker = Наліпка
kind-location = Геопозиція
kind-contact = Контакт
kind-poll = Опитування
location-line = Геопозиція: { $name }
contact-line = Контакт: { $name }
poll-line = Опитування: { $question }
location-about = З точністю до { $metres } м
location-open = Відкрити на openstreetmap.org
contact-write = Написати
poll-one = Одна відповідь · { $count ->
    [0] ще ніхто не голосував
    [one] проголосувала { $count } людина
    [few] проголосували { $count } людини
    [many] проголосували { $count } людей
   *[other] проголосували { $count } людини
}
poll-any = Кілька відповідей · { $count ->
    [0] ще ніхто не голосував
    [one] проголосувала { $count } людина
    [few] проголосували { $count } людини
    [many] проголосували { $count } людей
   *[other] проголосували { $count } людини
}
poll-closed = Завершено · { $count ->
    [0] ніхто не голосував
    [one] проголосувала { $count } людина
    [few] проголосували { $count } людини
    [many] проголосували { $count } людей
   *[other] проголосували { $count } людини
}
poll-votes = Переглянути голоси
poll-close = Завершити опитування
poll-close-title = Завершити це опитування?
poll-close-text = Після цього ніхто не зможе голосувати. Голоси залишаться.
attach-menu = Що прикріпити
attach-picture = Фото або відео
attach-file = Файл
location-title = Надіслати свою геопозицію
location-looking = З’ясовуємо, де ви…
location-name = Що там? (не обов’язково)
location-denied = Ця сторінка не має доступу до вашої геопозиції. Дозвольте його в налаштуваннях браузера для цієї сторінки й спробуйте ще раз.
location-none = Ваш пристрій зараз не може визначити, де він.
location-send = Надіслати геопозицію
location-text = Її отримає лише цей чат. Карта не завантажується.
contact-title = Надіслати контакт
contact-none = Поки що немає кого надіслати.
poll-title = Нове опитування
poll-question = Запитання
poll-option = Відповідь { $number }
poll-option-add = Додати відповідь
poll-option-remove = Прибрати відповідь { $number }
poll-multiple = Кілька відповідей
poll-multiple-text = Кожен може вибрати більше ніж одну.
poll-send = Надіслати опитування
poll-needs = Опитуванню потрібні запитання та дві різні відповіді.
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
recording-hint = Esc — скасувати, Enter — надіслати.
recording-hold = Потягніть угору, щоб записувати без рук, або вбік, щоб скасувати.
record-discard = Скасувати запис
record-stop = Зупинити й прослухати
record-send = Надіслати голосове повідомлення
record-play = Прослухати
record-denied = Ця сторінка не має доступу до мікрофона. Дозвольте його в налаштуваннях браузера для цієї сторінки й спробуйте ще раз.
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
viewer = Зображення та відео
zoom-in = Збільшити
zoom-out = Зменшити
picture-older = Старіше
picture-newer = Новіше
keys-zoom = Більше, менше, цілком
