# Looking for things: the pane, the switcher, the keys.
search-all = Search chats and messages
close-search = Close search
clear = Clear
search-note = Everything is looked for on this device. Your server is not asked.
search-none = Nothing for “{ $query }”
search-none-text = Only what’s on this device is searched. Try fewer letters, or another word.
search-count = { $count ->
    [one] one found on this device
   *[other] { $count } found on this device
}
palette = Jump to anything
palette-to = Jump to a chat, do something, find a message
palette-do = Do something
palette-move = move
palette-open = open
palette-only = only what can be done
new-group = New group
switch-theme = Switch theme
shortcuts = Keyboard shortcuts
keys-go = Go
keys-list = List
keys-writing = Writing
keys-anywhere = Anywhere
keys-next = Next chat
keys-previous = Previous chat
keys-unread = Next unread chat
keys-nth = First to ninth chat
keys-pane = Next pane
keys-back = Back
keys-move = Move between messages
keys-line = New line
keys-edit-last = Edit your last message, in an empty field
keys-bold = Bold
keys-italic = Italic
keys-code = Code
keys-ends = First and last message
keys-older = Older page
search-kinds = Kinds of messages
starred-none = Nothing is starred yet. Star a message from its menu to find it here.
starred-messages = Starred messages
