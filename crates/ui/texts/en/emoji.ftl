# The emoji picker.
emoji = Emoji
emoji-search = Search emoji
emoji-none = No emoji for “{ $query }”
emoji-groups = Groups of emoji
emoji-tone = Skin tone
emoji-recent = Yours
emoji-smileys = Smileys
emoji-people = People
emoji-nature = Animals and nature
emoji-food = Food and drink
emoji-travel = Travel and places
emoji-activities = Activities
emoji-objects = Objects
emoji-symbols = Symbols
emoji-flags = Flags
react-more = More reactions
