search-all = Chats und Nachrichten suchen
close-search = Suche schließen
clear = Leeren
search-note = Alles wird auf diesem Gerät gesucht. Dein Server wird nicht gefragt.
search-none = Nichts zu „{ $query }“
search-none-text = Gesucht wird nur, was auf diesem Gerät ist. Versuch weniger Buchstaben oder ein anderes Wort.
search-count = { $count ->
    [one] ein Treffer auf diesem Gerät
   *[other] { $count } Treffer auf diesem Gerät
}
palette = Irgendwohin springen
palette-to = Zu einem Chat springen, etwas tun, eine Nachricht finden
palette-do = Etwas tun
palette-move = bewegen
palette-open = öffnen
palette-only = nur, was man tun kann
new-group = Neue Gruppe
switch-theme = Hell oder dunkel
shortcuts = Tastenkürzel
keys-go = Gehen
keys-list = Liste
keys-writing = Schreiben
keys-anywhere = Überall
keys-next = Nächster Chat
keys-previous = Voriger Chat
keys-unread = Nächster ungelesener Chat
keys-nth = Erster bis neunter Chat
keys-pane = Nächster Bereich
keys-back = Zurück
keys-move = Zwischen Nachrichten bewegen
keys-line = Neue Zeile
keys-edit-last = Letzte eigene Nachricht bearbeiten, im leeren Feld
keys-bold = Fett
keys-italic = Kursiv
keys-code = Code
