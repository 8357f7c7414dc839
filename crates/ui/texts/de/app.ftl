skip = Zum Schreibfeld springen
main = Hauptbereich
chats = Chats
settings = Einstellungen
you = Du
you-named = Du: { $name }
close = Schließen
cancel = Abbrechen
save = Sichern
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
offline-text = Nachrichten gehen raus, sobald du zurück bist.
unreachable = { $server } ist nicht erreichbar.
technical-details = Technische Details
broken-storage = Dieser Browser bewahrt hier nichts auf
broken-storage-text = Parlor bewahrt deine Nachrichten auf diesem Gerät auf, und dieser Browser lässt das nicht zu. Oft liegt das an einem privaten Fenster. Öffne Parlor in einem gewöhnlichen Fenster.
broken-damaged = Was hier liegt, ist nicht lesbar
broken-damaged-text = Die Nachrichten auf diesem Gerät sind beschädigt. Dein Konto ist sicher: Verknüpfe diesen Browser neu von einem anderen Gerät aus oder nimm deinen Wiederherstellungscode.
broken-other = Parlor konnte nicht starten
broken-other-text = Nichts ist verloren. Lade die Seite neu. Passiert es wieder, helfen die Details unten bei der Suche.
size-bytes = { $amount } B
size-kilobytes = { $amount } KB
size-megabytes = { $amount } MB
size-gigabytes = { $amount } GB
# Ein geöffneter Link.
opened-group = Du bist eingeladen
opened-group-text = Um Beitritt zu „{ $name }“ bitten? Die Mitglieder sehen deinen Namen.
opened-join = Um Beitritt bitten
opened-person = Jemandem schreiben
opened-person-text = Dieser Link führt zu einer Person. Sie sieht deinen Namen und deine Nachricht als Anfrage.
opened-write = Schreiben
opened-asked = Gefragt. Die Gruppe erscheint hier, sobald du dabei bist.
opened-expired = Dieser Link führt nirgendwohin mehr. Bitte um einen neuen.
opened-elsewhere = Das ist auf einem anderen Server. Öffne den Link in der App jenes Servers.
opened-wrong = Diesen Link kennt Parlor nicht.
