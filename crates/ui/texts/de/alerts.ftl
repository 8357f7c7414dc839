notifications-denied = Dieser Browser erlaubt Parlor keine Benachrichtigungen. In seinen Einstellungen für diese Seite lässt sich das ändern.
notifications-none = Dieser Browser unterstützt keine Benachrichtigungen.
letters = Einzelne Buchstaben als Kürzel
letters-note = R, E, F und andere wirken auf die Nachricht, die den Fokus hat. Während du tippst, wirken sie nie.
alerts-on = Benachrichtigungen einschalten
alerts-off = Benachrichtigungen ausschalten
alerts-are-on = Benachrichtigungen sind an
alerts-are-off = Benachrichtigungen sind aus
