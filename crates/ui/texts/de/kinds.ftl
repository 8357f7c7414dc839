# Orte, Personen, Umfragen, Sticker, Sprachnachrichten, und was ein Chat enthält.
kind-sticker = Sticker
kind-location = Standort
kind-contact = Kontakt
kind-poll = Umfrage
location-line = Standort: { $name }
contact-line = Kontakt: { $name }
poll-line = Umfrage: { $question }
location-about = Auf { $metres } m genau
location-open = Auf openstreetmap.org öffnen
contact-write = Schreiben
poll-one = Eine Antwort · { $count ->
    [0] noch keine Stimmen
    [one] eine Person hat abgestimmt
   *[other] { $count } Personen haben abgestimmt
}
poll-any = Mehrere Antworten · { $count ->
    [0] noch keine Stimmen
    [one] eine Person hat abgestimmt
   *[other] { $count } Personen haben abgestimmt
}
poll-closed = Beendet · { $count ->
    [0] keine Stimmen
    [one] eine Person hat abgestimmt
   *[other] { $count } Personen haben abgestimmt
}
poll-votes = Stimmen ansehen
poll-close = Umfrage beenden
poll-close-title = Diese Umfrage beenden?
poll-close-text = Danach kann niemand mehr abstimmen. Die Stimmen bleiben.
attach-menu = Anhang auswählen
attach-picture = Foto oder Video
attach-file = Datei
location-title = Standort senden
location-looking = Dein Standort wird ermittelt …
location-name = Was ist dort? (optional)
location-denied = Diese Seite darf deinen Standort nicht abfragen. Erlaube es in den Browsereinstellungen für diese Seite und versuche es dann noch einmal.
location-none = Dein Gerät kann gerade nicht feststellen, wo es ist.
location-send = Standort senden
location-text = Nur dieser Chat bekommt ihn. Es wird keine Karte geladen.
contact-title = Kontakt senden
contact-none = Es gibt noch keine Kontakte zum Senden.
poll-title = Neue Umfrage
poll-question = Frage
poll-option = Antwort { $number }
poll-option-add = Antwort hinzufügen
poll-option-remove = Antwort { $number } entfernen
poll-multiple = Mehrere Antworten
poll-multiple-text = Alle dürfen mehr als eine wählen.
poll-send = Umfrage senden
poll-needs = Eine Umfrage braucht eine Frage und zwei verschiedene Antworten.
poll-open-votes = Alle hier sehen, wer wofür gestimmt hat.
stickers = Sticker
stickers-recent = Zuletzt verwendet
stickers-own = Von Parlor
sticker-add = Ein Bild als Sticker senden
sticker-cactus = Kaktus
sticker-cat = Katze
sticker-chair = Sessel
sticker-lamp = Lampe
sticker-letter = Brief
sticker-moon = Mond
sticker-teapot = Teekanne
sticker-toast = Toast
record = Sprachnachricht aufnehmen
record-keys = Sprachnachricht aufnehmen (Alt R)
recording = Aufnahme läuft
recording-hint = Esc verwirft, Enter sendet.
recording-hold = Ziehe nach oben, um freihändig aufzunehmen, oder zur Seite, um zu verwerfen.
record-discard = Aufnahme verwerfen
record-stop = Anhalten und anhören
record-send = Sprachnachricht senden
record-play = Anhören
record-denied = Diese Seite darf das Mikrofon nicht verwenden. Erlaube es in den Browsereinstellungen für diese Seite und versuche es dann noch einmal.
record-none = Es ist kein Mikrofon da.
record-failed = Das Mikrofon lässt sich gerade nicht verwenden. Vielleicht belegt es ein anderes Programm.
shared = Hier geteilt
shared-media = Medien
shared-files = Dateien
shared-links = Links
shared-voice = Sprache
shared-none = Noch nichts.
shared-more = Mehr anzeigen
shared-show = Im Chat anzeigen
viewer = Bilder und Videos
zoom-in = Größer
zoom-out = Kleiner
picture-older = Älteres
picture-newer = Neueres
keys-zoom = Größer, kleiner, ganz
