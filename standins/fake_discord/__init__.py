"""A Discord that runs in this process: gateway, REST API and CDN for one application, and its users.

It speaks to an unmodified discord.py, refuses what Discord refuses, and misbehaves on request. It knows
nothing of the bot that talks to it, and the bot never imports it.

    fake = FakeDiscord(demo_world(VirtualClock()))          # server, demo, clock
    await fake.start()                                    # see fake.api_url, gateway_url, cdn_url
    await fake.connected()
    ada = Person(fake.world, "ada")                        # person, asks
    message = await ada.slash("pictures", "imagine", prompt="a cat").message()
    modal = await ada.press(message, "Edit").modal()
    await ada.submit(modal, {"Prompt": "at night"}).message()
    fake.faults.add("PATCH /webhooks/*", status=500, times=2, after_doing=True)
    assert fake.requests.matching("POST /channels/*")     # record
"""
