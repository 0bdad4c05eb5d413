"""`python -m qa_bot`: the same as the command `qa-bot`."""

from qa_bot.faces.cli import main

# A process that is started to help this one imports this module as well, under another name.
if __name__ == "__main__":
    main(prog_name="qa-bot")
