no-chat = Kein Chat geöffnet
no-chat-text = Wähle einen Chat, um hier zu lesen und zu schreiben.
room-direct = Chat mit { $name }
room-group = { $name }, Gruppe
safety-compared = Sicherheitsnummer verglichen
and-more = { $names } und { $count ->
    [one] eine weitere Person
   *[other] { $count } weitere
}
messages = Nachrichten
intro-direct = Nur du und { $name } könnt diesen Chat lesen. Dein Server reicht versiegelte Umschläge weiter.
intro-group = Nur die Mitglieder dieser Gruppe können hier mitlesen. Dein Server reicht versiegelte Umschläge weiter.
intro-notes = Nur deine eigenen Geräte können lesen, was du hier notierst.
jump = Zur neuesten Nachricht
jump-new = { $count ->
    [one] Zur neuesten Nachricht, eine neue
   *[other] Zur neuesten Nachricht, { $count } neue
}
new-count = { $count } neu
state-queued = Wird gesendet
state-sent = Gesendet
state-delivered = Zugestellt
state-read = Gelesen
state-failed = Nicht gesendet
edited = bearbeitet
forwarded = Weitergeleitet
unreadable = Diese Nachricht lässt sich auf diesem Gerät nicht öffnen
hidden-text = Verborgener Text. Zum Anzeigen drücken.
earlier-message = Eine frühere Nachricht
show-it = Zum Anzeigen drücken
reaction = { $emoji } von { $names }
reactions = { $emoji } { $count } von { $names }
reaction-count = { $count ->
    [one] eine Reaktion
   *[other] { $count } Reaktionen
}
react = Reagieren
react-with = Mit { $emoji } reagieren
failed-too-large = Zu groß für deinen Server.
failed-quota = Dein Server hat für dieses Konto keinen Platz mehr.
failed-left = Nicht gesendet. Du warst nicht mehr in diesem Chat.
failed-lost = Die Datei ist nicht mehr auf diesem Gerät.
failed-refused = Nicht gesendet. Dein Server hat die Nachricht abgelehnt.
send-again = Noch einmal senden
photo-named = Foto { $name }
save-file = { $name } speichern
transfer = Unterwegs
stop-download = Herunterladen von { $name } anhalten
stop-upload = { $name } doch nicht senden
sealing = Wird versiegelt · { $done } von { $total }
arriving = Wird empfangen · { $done } von { $total }
file-expired = Nicht mehr auf dem Server. Wer die Datei gesendet hat, wurde gebeten, sie noch einmal zu senden.
file-failed = Nicht mehr verfügbar
message-menu = Aktionen für die Nachricht
reply = Antworten
copy-text = Text kopieren
copied = Kopiert
edit = Bearbeiten
delete = Löschen
delete-here = Für mich löschen …
delete-everyone = Für alle löschen …
delete-here-title = Für dich löschen?
delete-here-text = Die Nachricht verschwindet von deinen Geräten. Andere behalten sie.
delete-everyone-title = Für alle löschen?
delete-everyone-text = Die Nachricht verschwindet von allen Geräten in diesem Chat, auf denen Parlor läuft. Wer sie gelesen hat, erinnert sich vielleicht.
open = Öffnen
forward = Weiterleiten
forward-to = Weiterleiten an
forward-count = Weiterzuleitende Nachrichten: { $count }
was-forwarded = { $count ->
    [one] Weitergeleitet
   *[other] { $count } Nachrichten weitergeleitet
}
search-chats = Chats suchen
select = Auswählen
picked = Ausgewählte Nachrichten
picked-count = { $count } ausgewählt
pick-end = Auswahl beenden
delete-many-title = { $count ->
    [one] Diese Nachricht für dich löschen?
   *[other] { $count } Nachrichten für dich löschen?
}
delete-many-text = Sie verschwinden von deinen Geräten. Andere behalten sie.
mention = Personen zum Erwähnen
find = Im Chat suchen
find-none = Nichts gefunden
find-count = { $at } von { $count }
find-older = Ältere
find-newer = Neuere
play = Abspielen
pause = Pause
position = Position
speed = Geschwindigkeit
read-more = Weiterlesen
message-details = Details
star = Mit Stern markieren
unstar = Stern entfernen
starred = Mit Stern
sent-at = Gesendet
received-at = Auf diesem Gerät angekommen
edited-at = Bearbeitet
sent-silently = Ohne Ton gesendet
read-by = Gelesen
delivered-to = Auf einem Gerät
not-delivered-to = Noch nicht angekommen
earlier-texts = Frühere Texte
send-silently = Ohne Ton senden
