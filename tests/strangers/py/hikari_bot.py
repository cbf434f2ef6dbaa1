"""What every stranger does, in hikari."""

import os

import hikari

bot = hikari.GatewayBot(os.environ["TOKEN"], rest_url=os.environ["API"], banner=None)
COMMANDS = {
    "greet": "Answers at once",
    "edit": "Answers, and then changes the answer",
    "upload": "Thinks, and then shows a picture",
}
NAME = hikari.CommandOption(type=hikari.OptionType.STRING, name="name", description="Whom", is_required=True)


@bot.listen()
async def register(_: hikari.StartingEvent) -> None:
    app = await bot.rest.fetch_application()
    built = {name: bot.rest.slash_command_builder(name, text) for name, text in COMMANDS.items()}
    built["greet"].add_option(NAME)
    await bot.rest.set_application_commands(app.id, list(built.values()))


@bot.listen()
async def answer(event: hikari.InteractionCreateEvent) -> None:
    asked = event.interaction
    if not isinstance(asked, hikari.CommandInteraction):
        return
    now, later = hikari.ResponseType.MESSAGE_CREATE, hikari.ResponseType.DEFERRED_MESSAGE_CREATE
    if asked.command_name == "greet":
        await asked.create_initial_response(now, f"Hello {asked.options[0].value}")
    elif asked.command_name == "edit":
        await asked.create_initial_response(now, "first")
        await asked.edit_initial_response("second")
    else:
        await asked.create_initial_response(later)
        await asked.edit_initial_response("done", attachment=hikari.File(os.environ["PICTURE"]))


bot.run()
