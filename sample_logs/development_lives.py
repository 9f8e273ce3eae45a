"""How issues of a product live: asked about, answered, scheduled, built, reviewed, released."""

from __future__ import annotations

from ticket_lives import END, Moves

DEVELOPMENT_DAYS = 150

# fmt: off
DEVELOPMENT: Moves = {
    "logged":     (("triaged", 560, "queue"), ("needs info", 200, "queue"), ("answered", 140, "queue"),
                   ("duplicate", 60, "queue"), ("wont do", 40, "queue")),
    "needs info": (("told", 850, "user"), ("wont do", 150, "long")),
    "told":       (("triaged", 750, "queue"), ("answered", 250, "queue")),
    "answered":   (("done", 700, "after"), ("triaged", 300, "queue")),
    "triaged":    (("scheduled", 650, "long"), ("developing", 270, "queue"), ("wont do", 80, "long")),
    "scheduled":  (("developing", 1000, "long"),),
    "developing": (("in review", 880, "build"), ("blocked", 120, "work")),
    "blocked":    (("developing", 1000, "long"),),
    "in review":  (("developing", 280, "work"), ("testing", 720, "work")),
    "testing":    (("developing", 150, "work"), ("released", 850, "work")),
    "released":   (("done", 1000, "same"),),
    "done":       ((END, 860, "same"), ("thanked", 80, "after"), ("reopened", 60, "after")),
    "thanked":    ((END, 1000, "same"),),
    "reopened":   (("developing", 1000, "queue"),),
    "duplicate":  ((END, 1000, "same"),),
    "wont do":    ((END, 1000, "same"),),
}
# fmt: on
