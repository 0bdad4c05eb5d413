"""`python -m qa_bot`: the same as the command `qa-bot`."""

from qa_bot.faces.cli import main

main(prog_name="qa-bot")
