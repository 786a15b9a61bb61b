import{D as a,E as e,Na as t,V as n,c as s,d as l,e as i,fa as u,ga as o,la as r,m as $,t as d,u as c,v}from"./chunk-WIWLIJCN.js";function m(){let a=n().signIn,m=i(!1),b=l(null);s(()=>{document.title=`${a.title} · onduty`,b.current?.focus()},[]);let y=async a=>{m.value=!0,await a(),m.value=!1},k=d.value?.issuer;return $`<main class="alone">
<div class="card narrow">
<${u} />
<h1 ref=${b} tabindex="-1">${a.title}</h1>
${c.value&&$`<${o} kind="warn">
<p>${a.why[c.value]}</p>
${v.value&&$`<p class="hint"><${r}>${v.value}<//></p>`}
<//>`}
${k&&$`<button type="button" class="primary wide" disabled=${m.value} onClick=${()=>y(e)}>
${a.at(new URL(k).host)}
</button>
<p class="hint">${a.atHint}</p>`}
${k?$`<details open=${"refused"===c.value}>
<summary>${a.byToken}</summary>
<${p} isBusy=${m.value} busily=${y} kind="" />
</details>`:$`<${p} isBusy=${m.value} busily=${y} kind="primary" />`}
<${t} />
</div>
</main>`}function p({isBusy:e,busily:t,kind:s}){let l=n().signIn,u=i("");return $`<form class="token-form" onSubmit=${async e=>{e.preventDefault();let n=new FormData(e.currentTarget).get("token")?.toString().trim()??"";u.value=n?"":l.empty,n&&await t(()=>a(n))}} novalidate>
<div class="field ${u.value?"wrong":""}">
<label for="token">${l.token}</label>
<input
id="token"
name="token"
type="password"
autocomplete="off"
spellcheck=${!1}
aria-describedby="token-hint"
aria-invalid=${u.value?"true":null}
/>
<p class=${u.value?"problem":"hint"} id="token-hint" role=${u.value?"alert":null}>
${u.value||l.hint}
</p>
</div>
<button type="submit" class="${s} wide" disabled=${e}>${l.submit}</button>
</form>`}export{m as SignIn};