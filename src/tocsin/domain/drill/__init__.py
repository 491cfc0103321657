"""The room of drills: a rehearsed emergency, what it made, and how far it has come.

Above every other room, because a drill walks through all of them. It never breaks or sends anything itself: the
program that plays the drill does (`tocsin drill`).
"""
