search-all = Chats und Nachrichten durchsuchen
close-search = Suche schließen
clear = Eingabe löschen
search-note = Gesucht wird nur auf diesem Gerät. Dein Server wird nicht gefragt.
search-none = Nichts zu „{ $query }“
search-none-text = Gesucht wird nur, was auf diesem Gerät ist. Versuche es mit weniger Buchstaben oder einem anderen Wort.
search-count = { $count ->
    [one] ein Treffer auf diesem Gerät
   *[other] { $count } Treffer auf diesem Gerät
}
palette = Schnellzugriff
palette-to = Zu einem Chat springen, etwas tun, eine Nachricht finden
palette-do = Aktionen
palette-move = auswählen
palette-open = öffnen
palette-only = nur Aktionen
new-group = Neue Gruppe
switch-theme = Farbschema wechseln
shortcuts = Tastenkürzel
keys-go = Navigation
keys-list = Liste
keys-writing = Schreiben
keys-anywhere = Überall
keys-next = Nächster Chat
keys-previous = Vorheriger Chat
keys-unread = Nächster ungelesener Chat
keys-nth = Erster bis neunter Chat
keys-pane = Nächster Bereich
keys-back = Zurück
keys-move = Zwischen Nachrichten wechseln
keys-line = Neue Zeile
keys-edit-last = Letzte eigene Nachricht bearbeiten (im leeren Feld)
keys-bold = Fett
keys-italic = Kursiv
keys-code = Code
