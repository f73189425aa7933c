import { mount } from "svelte";
import App from "./App.svelte";
import { startRouter } from "./lib/router.svelte";
import { startTheme } from "./lib/theme.svelte";
import "./styles/app.css";

startTheme();
startRouter();
const target = document.getElementById("app");
if (target) mount(App, { target });
