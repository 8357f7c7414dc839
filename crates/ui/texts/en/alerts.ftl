# Telling of new messages; the switch for single letters.
notifications-denied = This browser doesn’t let Parlor notify you. Its settings for this site can change that.
notifications-none = This browser has no notifications.
letters = Single letters
letters-note = R, E, F and others act on the message that has the focus. They never work while you type.
alerts-on = Turn on notifications
alerts-off = Turn off notifications
alerts-are-on = Notifications are on
alerts-are-off = Notifications are off
pause-alerts = Pause notifications
pause-text = Here, for a while. Messages still come.
pause-hour = For an hour
alerts-paused = No notifications until { $time }
alerts-resume = Go on
alerts-go-on = Notifications go on
