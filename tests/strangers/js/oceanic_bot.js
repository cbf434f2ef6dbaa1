// What every stranger does, in oceanic.js.
const { readFileSync } = require("node:fs");
const { Client } = require("oceanic.js");

const { API, TOKEN, PICTURE } = process.env;
const bot = new Client({
  auth: `Bot ${TOKEN}`,
  gateway: { intents: ["GUILDS"], maxShards: "auto" },
  rest: { baseURL: API },
});

const NAME = { type: 3, name: "name", description: "Whom", required: true };
const COMMANDS = [
  { type: 1, name: "greet", description: "Answers at once", options: [NAME] },
  { type: 1, name: "edit", description: "Answers, and then changes the answer" },
  { type: 1, name: "upload", description: "Thinks, and then shows a picture" },
];

const answers = {
  async greet(asked) {
    await asked.createMessage({ content: `Hello ${asked.data.options.getString("name")}` });
  },
  async edit(asked) {
    await asked.createMessage({ content: "first" });
    await asked.editOriginal({ content: "second" });
  },
  async upload(asked) {
    await asked.defer();
    await asked.editOriginal({ content: "done", files: [{ name: "picture.png", contents: readFileSync(PICTURE) }] });
  },
};

bot.once("ready", () => bot.application.bulkEditGlobalCommands(COMMANDS));
bot.on("interactionCreate", (asked) => answers[asked.data.name](asked));
bot.on("error", (error) => console.error(error));
bot.connect();
