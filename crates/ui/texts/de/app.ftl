skip = Zum Schreibfeld springen
main = Hauptmenü
chats = Chats
settings = Einstellungen
you = Du
you-named = Du: { $name }
close = Schließen
cancel = Abbrechen
save = Speichern
more = Mehr
undo = Rückgängig
reload = Neu laden
part-missing = Dieser Teil von Parlor konnte nicht geladen werden. Vielleicht hat der Server eine neue Version: Lade die Seite neu.
details = Details
somebody = Jemand
back-to-chats = Zurück zu den Chats
unread-chats = { $count ->
    [one] ein ungelesener Chat
   *[other] { $count } ungelesene Chats
}
offline = Du bist offline.
offline-text = Nachrichten werden gesendet, sobald du wieder online bist.
unreachable = { $server } ist nicht erreichbar.
full = In diesem Browser ist kein Speicherplatz mehr frei.
full-text = Gib auf diesem Gerät Speicherplatz frei, dann macht Parlor von selbst weiter. Nichts, was gesendet oder empfangen wurde, geht verloren.
technical-details = Technische Details
broken-storage = Dieser Browser speichert hier nichts
broken-storage-text = Parlor speichert deine Nachrichten auf diesem Gerät, doch dieser Browser lässt das nicht zu. Oft liegt das an einem privaten Fenster. Öffne Parlor in einem normalen Fenster.
broken-damaged = Was hier gespeichert ist, lässt sich nicht lesen
broken-damaged-text = Die Nachrichten auf diesem Gerät sind beschädigt. Dein Konto ist sicher: Verknüpfe diesen Browser von einem anderen Gerät aus neu oder verwende deinen Wiederherstellungscode.
broken-other = Parlor konnte nicht starten
broken-other-text = Nichts ist verloren. Lade die Seite neu. Wenn es wieder passiert, helfen die Details unten bei der Fehlersuche.
size-bytes = { $amount } B
size-kilobytes = { $amount } KB
size-megabytes = { $amount } MB
size-gigabytes = { $amount } GB
# Ein geöffneter Link.
opened-group = Du bist eingeladen
opened-group-text = Beitritt zu „{ $name }“ anfragen? Die Mitglieder sehen deinen Namen.
opened-join = Beitritt anfragen
opened-person = Jemandem schreiben
opened-person-text = Dieser Link führt zu einer Person. Sie sieht deinen Namen und bekommt deine Nachricht als Anfrage.
opened-write = Schreiben
opened-asked = Angefragt. Die Gruppe erscheint hier, sobald du dabei bist.
opened-expired = Dieser Link ist nicht mehr gültig. Bitte um einen neuen.
opened-elsewhere = Das ist auf einem anderen Server. Öffne den Link in der App dieses anderen Servers.
opened-wrong = Diesen Link kennt Parlor nicht.
accounts = Konten
accounts-add = Konto hinzufügen
accounts-add-text = Ein weiterer Name mit eigenen Chats
accounts-back = Zurück zu { $name }
# Die Kamera.
scan = Code scannen
scan-sight = Was die Kamera sieht
scan-asking = Dein Browser fragt, ob Parlor die Kamera verwenden darf.
scan-text = Halte den Code vor die Kamera. Was sie sieht, bleibt auf diesem Gerät.
scan-refused = Parlor kann hier keine Kamera verwenden. Erlaube es in den Browsereinstellungen für diese Seite.
safety-same = Die Codes sind gleich
safety-differs = Das ist ein anderer Code. Prüfe, ob du wirklich die Sicherheitsnummer dieses Chats auf dem Gerät der anderen Person gescannt hast. Wenn ja, ist vielleicht jemand dazwischen: Schreibe hier nichts Vertrauliches.
# Between the members of a list, before a space.
comma = ,
# What stands on a key whose English name is given.
key = { $key ->
    [Ctrl] Strg
    [Shift] Umschalt
    [Del] Entf
    [Space] Leertaste
    [Enter] Eingabe
    [Home] Pos1
    [End] Ende
    [PgUp] Bild ↑
   *[other] { $key }
}
with-keys = { $name } ({ $keys })
