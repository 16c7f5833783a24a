namespace Fleet.RealmServer.Content;

/// <summary>A card's file is there but is no card. A repeat will not help; somebody has to mend the file.</summary>
/// <param name="reason">Stable word: <c>card-not-json</c>, <c>card-too-large</c>.</param>
/// <param name="message">Names the card, and what is wrong with it.</param>
internal sealed class CardException(string reason, string message) : Exception(message)
{
    public string Reason => reason;
}
