back-to-settings = Zurück zu den Einstellungen
notifications = Benachrichtigungen
notifications-here = In diesem Browser neue Nachrichten melden
notifications-note = Solange Parlor in einem Tab offen ist, den du nicht ansiehst. Stumme Chats und Anfragen bleiben still. Was gezeigt wird, verlässt dieses Gerät nie.
notifications-denied = Dieser Browser lässt Parlor nichts melden. In seinen Einstellungen für diese Seite lässt sich das ändern.
notifications-none = Dieser Browser kennt keine Benachrichtigungen.
letters = Einzelne Buchstaben
letters-note = R, E, F und andere wirken auf die Nachricht, die den Fokus hat. Beim Tippen nie.
