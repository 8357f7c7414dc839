# Places, people, polls, stickers, voice messages, and what a chat holds.
kind-sticker = Sticker
kind-location = Location
kind-contact = Contact
kind-poll = Poll
location-line = Location: { $name }
contact-line = Contact: { $name }
poll-line = Poll: { $question }
location-about = Within { $metres } m
location-open = Open on openstreetmap.org
contact-write = Message
poll-one = Choose one · { $count ->
    [0] no votes yet
    [one] one voted
   *[other] { $count } voted
}
poll-any = Choose any · { $count ->
    [0] no votes yet
    [one] one voted
   *[other] { $count } voted
}
poll-closed = Closed · { $count ->
    [0] no votes
    [one] one voted
   *[other] { $count } voted
}
poll-votes = View votes
poll-close = Close poll
poll-close-title = Close this poll?
poll-close-text = Nobody can vote after that. The votes stay.
attach-menu = What to attach
attach-picture = Photo or video
attach-file = File
location-title = Send your location
location-looking = Finding out where you are…
location-name = What’s there? (optional)
location-denied = This page isn’t allowed to know where you are. Allow it in the browser’s settings for this site, then try again.
location-none = Your device can’t tell where it is now.
location-send = Send location
location-text = Only this chat gets it. No map is asked for.
contact-title = Send a contact
contact-none = There’s nobody to send yet.
poll-title = New poll
poll-question = Question
poll-option = Option { $number }
poll-option-add = Add option
poll-option-remove = Remove option { $number }
poll-multiple = Several answers
poll-multiple-text = Everybody may choose more than one.
poll-send = Send poll
poll-needs = A poll needs a question and two different options.
poll-open-votes = Everybody here sees who voted for what.
stickers = Stickers
stickers-recent = Used lately
stickers-own = Parlor’s
sticker-add = Send a picture as a sticker
sticker-cactus = Cactus
sticker-cat = Cat
sticker-chair = Armchair
sticker-lamp = Lamp
sticker-letter = Letter
sticker-moon = Moon
sticker-teapot = Teapot
sticker-toast = Toast
record = Record a voice message
record-keys = Record a voice message (Alt R)
recording = Recording
recording-hint = Esc discards, Enter sends.
recording-hold = Slide up to record hands-free, to the side to discard.
record-discard = Discard recording
record-stop = Stop and listen
record-send = Send voice message
record-play = Listen
record-denied = This page may not use the microphone. Allow it in the browser’s settings for this site, then try again.
record-none = There’s no microphone.
record-failed = The microphone can’t be used now. Another program may hold it.
shared = Shared here
shared-media = Media
shared-files = Files
shared-links = Links
shared-voice = Voice
shared-none = Nothing yet.
shared-more = Show more
shared-show = Show in chat
viewer = Pictures and films
zoom-in = Larger
zoom-out = Smaller
picture-older = Older
picture-newer = Newer
keys-zoom = Larger, smaller, whole
