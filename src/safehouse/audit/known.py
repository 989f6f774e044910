"""Sentences that other stages write into documents, so that a report's page can say them too.

A document holds them as plain English. They stand here for the catalogues alone; the page finds
the template that can have made a line (`safehouse.language`).
"""

from safehouse.model.words import msgid

__all__ = ["KNOWN"]

KNOWN = (
    msgid("head lost from plain view"),
    msgid("head lost inside the shot"),
    msgid("weak detection"),
    msgid("a cover picture may show people"),
    msgid("only one picture track is protected and kept"),
    msgid("there is no decoder for it"),
    msgid("subtitles may name people"),
    msgid("attached files may hold anything"),
    msgid("data tracks hold place, time and camera"),
    msgid("nobody knows what it holds"),
    msgid("only the first view of a stereo film is kept"),
    msgid("no sample of it can be decoded"),
    msgid("parts of the sound can't be decoded; they are silent"),
    msgid("the container keeps no display times; the coded order gave them"),
    msgid("{n} frames had no time; the frame rate gave it"),
    msgid("{n} frames had a repeated time; each was moved behind its forerunner"),
    msgid("the recorder's running clock was set to 0"),
    msgid("the film is damaged; every frame that the damage reaches is hidden whole"),
    msgid("the transparency of the source is dropped"),
    msgid("{source} is converted to {target}"),
    msgid("{source} is unpacked to {target}, exactly"),
    msgid("{captions} lies outside the film and is not spoken"),
    msgid("{captions} holds nothing to speak"),
    msgid("{captions}: what stands before the colon is not spoken"),
    msgid("{captions} is out of order; times decide"),
    msgid("{captions} begins before the one before it ends"),
    msgid("{captions} runs on {seconds} s beyond its time"),
    msgid("{captions} begins {seconds} s late: the same person still speaks"),
    msgid("{captions} is cut by the film's end, {seconds} s of it"),
    msgid("{n} captions in another language were left out"),
    msgid("lines that roll up were taken once"),
    msgid("the reading is {seconds} s too long: its end is not heard"),
    msgid("the reading ends {seconds} s before the film"),
    msgid("voices disguised with a key that was not kept; a cutting aid, not a promise"),
    msgid("captions {list} and {n} more"),
    msgid("captions {list}"),
    msgid("caption {list}"),
    msgid("stream {index} ({kind}): {why}"),
    msgid("sound {made}: {by}"),
    msgid("cover"),
    msgid("picture"),
    msgid("sound"),
    msgid("subtitles"),
    msgid("attachment"),
    msgid("data"),
    msgid("unknown"),
    msgid("second view"),
    msgid("fault"),
)
"""What `findings/1` and `plan/1` say in words, and what a report makes of them."""
