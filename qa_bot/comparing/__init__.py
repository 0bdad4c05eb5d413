"""Two answers to one question compared: do they say the same?"""
