notifications-denied = Dieser Browser lässt Parlor nichts melden. In seinen Einstellungen für diese Seite lässt sich das ändern.
notifications-none = Dieser Browser kennt keine Benachrichtigungen.
letters = Einzelne Buchstaben
letters-note = R, E, F und andere wirken auf die Nachricht, die den Fokus hat. Beim Tippen nie.
alerts-on = Benachrichtigungen einschalten
alerts-off = Benachrichtigungen ausschalten
alerts-are-on = Benachrichtigungen sind an
alerts-are-off = Benachrichtigungen sind aus
