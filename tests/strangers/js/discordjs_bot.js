// What every stranger does, in discord.js.
const { Client, GatewayIntentBits } = require("discord.js");

const { API, TOKEN, PICTURE } = process.env;
const [api, version] = API.split("/v");
const bot = new Client({ intents: [GatewayIntentBits.Guilds], shards: "auto", rest: { api, version } });

const NAME = { type: 3, name: "name", description: "Whom", required: true };
const COMMANDS = [
  { name: "greet", description: "Answers at once", options: [NAME] },
  { name: "edit", description: "Answers, and then changes the answer" },
  { name: "upload", description: "Thinks, and then shows a picture" },
];

const answers = {
  async greet(asked) {
    await asked.reply(`Hello ${asked.options.getString("name")}`);
  },
  async edit(asked) {
    await asked.reply("first");
    await asked.editReply("second");
  },
  async upload(asked) {
    await asked.deferReply();
    await asked.editReply({ content: "done", files: [PICTURE] });
  },
};

bot.once("clientReady", () => bot.application.commands.set(COMMANDS));
bot.on("interactionCreate", (asked) => answers[asked.commandName](asked));
bot.login(TOKEN);
