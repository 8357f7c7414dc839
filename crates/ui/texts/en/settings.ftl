# Settings: the list of pages, notifications, keys.
back-to-settings = Back to settings
notifications = Notifications
notifications-here = Tell me about new messages in this browser
notifications-note = While Parlor is open in a tab that you’re not looking at. Muted chats and requests stay silent. What it shows never leaves this device.
notifications-denied = This browser doesn’t let Parlor notify you. Its settings for this site can change that.
notifications-none = This browser has no notifications.
letters = Single letters
letters-note = R, E, F and others act on the message that has the focus. They never work while you type.
